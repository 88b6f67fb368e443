import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { CommandFailure, EXIT } from "../exit.ts";

/** Options that only the checkout's own bench knows. */
const CHECKOUT_OPTIONS = ["--peers", "--mem0", "--quick", "--record"];

/**
 * `kaelix bench NAME …`: `recall` and `classify` with a data set of one's own come with the product; everything else is a benchmark of the
 * checkout, run with the options given.
 */
export async function bench(parameters: readonly string[]): Promise<number> {
  const hasDataset = parameters.some((word) => word === "--dataset" || word.startsWith("--dataset="));
  if (hasDataset && !parameters.some((word) => CHECKOUT_OPTIONS.includes(word))) {
    if (parameters[0] === "recall") return (await import("./bench-recall.ts")).benchRecall(parameters);
    if (parameters[0] === "classify") return (await import("./bench-classify.ts")).benchClassify(parameters);
  }
  const main = join(import.meta.dirname, "../../../../bench/main.ts");
  if (!existsSync(main))
    throw new CommandFailure(EXIT.failed, "Benchmarks come with a checkout of the repository, not with the package");
  const child = spawn(process.execPath, [main, ...parameters], { stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? EXIT.failed));
  });
}
