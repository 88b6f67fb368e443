/** The commands of one memory. */
import type { Command } from "commander";

import type * as memoryCommands from "./commands/memory.ts";

/** Adds the commands to the program. */
export function addMemoryCommands(
  program: Command,
  command: (parent: Command, usage: string, text: string) => Command,
  ending: <Parameters extends readonly unknown[]>(
    action: (...parameters: Parameters) => Promise<number> | number,
  ) => (...parameters: Parameters) => Promise<void>,
): void {
  command(program, "show <id>", "what one memory says, and what is known of it")
    .option("--versions", "every state it was in, newest first")
    .option("--for <purpose>", "what it is for: opens shares that are for this alone")
    .option("--open <level>", "open up to this level first; asks for the password")
    .action(
      ending(async (...given: Parameters<typeof memoryCommands.showMemory>) =>
        (await import("./commands/memory.ts")).showMemory(...given),
      ),
    );
  const changing = (of: Command): Command =>
    of
      .option("--if-version <number>", "only while it stands at this version; exit code 5 when it was changed since")
      .option("--open <level>", "open up to this level first; asks for the password");
  changing(command(program, "edit <id> [text...]", "other words for one memory; - reads standard input")).action(
    ending(async (...given: Parameters<typeof memoryCommands.editMemory>) =>
      (await import("./commands/memory.ts")).editMemory(...given),
    ),
  );
  changing(
    command(program, "move <id> <level>", "one memory to another level: general, confidential, secret, ultra-secret"),
  ).action(
    ending(async (...given: Parameters<typeof memoryCommands.moveMemory>) =>
      (await import("./commands/memory.ts")).moveMemory(...given),
    ),
  );
  changing(
    command(
      program,
      "never-recall [id]",
      "keep one memory and have nothing recall it; without an id: which are kept so",
    ),
  )
    .option("--undo", "have it found, answered from and told of again")
    .action(
      ending(async (...given: Parameters<typeof memoryCommands.neverRecall>) =>
        (await import("./commands/memory.ts")).neverRecall(...given),
      ),
    );
}
