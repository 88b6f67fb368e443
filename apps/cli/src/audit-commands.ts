/** The commands of "who did what" and "why may she". */
import type { Command } from "commander";

import type * as auditCommands from "./commands/audit.ts";

/** Wraps an action so that it ends the process with its exit code. */
type Ending = <Parameters extends readonly unknown[]>(
  action: (...parameters: Parameters) => Promise<number> | number,
) => (...parameters: Parameters) => Promise<void>;

function collect(value: string, values: readonly string[] = []): readonly string[] {
  return [...values, value];
}

/** Adds the commands to the program. `command` makes one with the options that every command of the house has. */
export function addAuditCommands(
  program: Command,
  command: (parent: Command, usage: string, text: string) => Command,
  ending: Ending,
): void {
  const audit = program.command("audit").description("who did, tried or saw what; tamper-evident");
  command(audit, "list", "entries, newest first; never content")
    .option("--limit <number>", "how many", "50")
    .option("--user <id>", "of this person")
    .option("--action <name>", "of this action, such as identity.login or memory.read")
    .option("--resource <id>", "done to this")
    .option("--decision <word>", "allow or deny")
    .option("--since <time>", "not before this day or time")
    .option("--until <time>", "before this day or time")
    .action(
      ending(async (...given: Parameters<typeof auditCommands.auditList>) =>
        (await import("./commands/audit.ts")).auditList(...given),
      ),
    );
  command(audit, "verify", "check every entry against the signed checkpoints; exit code 8 when one does not fit")
    .option("--checkpoint <file>", "also against a checkpoint that was kept elsewhere; may be repeated", collect)
    .action(
      ending(async (...given: Parameters<typeof auditCommands.auditVerify>) =>
        (await import("./commands/audit.ts")).auditVerify(...given),
      ),
    );
  command(
    audit,
    "keys",
    "print the keys that checkpoints and receipts are checked with; keep them, the first above all",
  )
    .option("--key <key>", "one that you have kept; exit code 8 unless it is among them")
    .action(
      ending(async (...given: Parameters<typeof auditCommands.auditKeys>) =>
        (await import("./commands/audit.ts")).auditKeys(...given),
      ),
    );
  command(audit, "checkpoint", "print the last signed checkpoint, for keeping it elsewhere").action(
    ending(async (...given: Parameters<typeof auditCommands.auditCheckpoint>) =>
      (await import("./commands/audit.ts")).auditCheckpoint(...given),
    ),
  );
  const policy = program.command("policy").description("who may do what");
  command(policy, "explain", "why somebody may or may not do something")
    .requiredOption("--action <name>", "such as memory.read")
    .option("--as <user>", "me, or the id of a person", "me")
    .option("--memory <id>", "to this memory")
    .option("--resource <what>", "installation, or the id of the person whose things they are")
    .option("--level <level>", "things that stand at this level")
    .option("--open-up-to <level>", "in a session that is open up to this level")
    .option("--proved", "just after the person has proved who they are")
    .action(
      ending(async (...given: Parameters<typeof auditCommands.policyExplain>) =>
        (await import("./commands/audit.ts")).policyExplain(...given),
      ),
    );
}
