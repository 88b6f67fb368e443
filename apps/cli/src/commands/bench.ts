import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { CommandFailure, EXIT } from "../exit.ts";

/** `kaelix bench NAME …`: runs a benchmark of the checkout, with the options given. */
export async function bench(parameters: readonly string[]): Promise<number> {
  const main = join(import.meta.dirname, "../../../../bench/main.ts");
  if (!existsSync(main))
    throw new CommandFailure(EXIT.failed, "Benchmarks come with a checkout of the repository, not with the package");
  const child = spawn(process.execPath, [main, ...parameters], { stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? EXIT.failed));
  });
}
