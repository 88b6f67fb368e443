/** The commands of how long memories are kept. */
import { Command } from "commander";

import type * as retentionCommands from "./commands/retention.ts";

/** Wraps an action so that it ends the process with its exit code. */
type Ending = <Parameters extends readonly unknown[]>(
  action: (...parameters: Parameters) => Promise<number> | number,
) => (...parameters: Parameters) => Promise<void>;

/** Adds the commands to the program. */
export function addRetentionCommands(
  program: Command,
  command: (parent: Command, usage: string, text: string) => Command,
  ending: Ending,
): void {
  const retention = program.command("retention").description("how long memories are kept, and what goes next");
  const opening = (of: Command): Command =>
    of.option("--open <level>", "open up to this level first and count it, too");
  const choosing = (of: Command): Command =>
    opening(of).option("--dry-run", "say what would go, and choose nothing").option("--yes", "do not ask again");
  const shown = opening(command(new Command(), "show", "how long memories are kept, and what goes next")).action(
    ending(async (...given: Parameters<typeof retentionCommands.showRetention>) =>
      (await import("./commands/retention.ts")).showRetention(...given),
    ),
  );
  // Without a word it is this one; options of a command that has words of its own would swallow theirs.
  retention.addCommand(shown, { isDefault: true });
  choosing(
    command(
      retention,
      "set <period>",
      "keep memories so long from when they were told: 7y, 18m, forever; what that lets go is shown first and goes a week later; asks for proof",
    ),
  )
    .option(
      "--source <kind=period...>",
      "a source that goes by a rule of its own, as whatsapp=2y; replaces those before",
    )
    .action(
      ending(async (...given: Parameters<typeof retentionCommands.chooseRetention>) =>
        (await import("./commands/retention.ts")).chooseRetention(...given),
      ),
    );
  choosing(command(retention, "reset", "as the server is set up; asks for proof")).action(
    ending(async (...given: Parameters<typeof retentionCommands.resetRetention>) =>
      (await import("./commands/retention.ts")).resetRetention(...given),
    ),
  );
  opening(command(retention, "list", "memories that reach their age within 30 days, the oldest first")).action(
    ending(async (...given: Parameters<typeof retentionCommands.listLeaving>) =>
      (await import("./commands/retention.ts")).listLeaving(...given),
    ),
  );
  for (const [word, text] of [
    ["keep", "keep memories whatever their age"],
    ["unkeep", "let the rules say again how long memories are kept"],
  ] as const) {
    opening(command(retention, `${word} <ids...>`, text)).action(
      ending(async (ids: readonly string[], options: retentionCommands.RetentionOptions) =>
        (await import("./commands/retention.ts")).keepMemories(word === "keep", ids, options),
      ),
    );
  }
}
