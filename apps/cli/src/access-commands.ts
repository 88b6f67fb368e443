/** The commands of a person's own security: keys of programs, and sessions. */
import type { Command } from "commander";

import type * as appCommands from "./commands/apps.ts";
import type * as keyCommands from "./commands/keys.ts";
import type * as sessionCommands from "./commands/sessions.ts";

/** Wraps an action so that it ends the process with its exit code. */
export type Ending = <Parameters extends readonly unknown[]>(
  action: (...parameters: Parameters) => Promise<number> | number,
) => (...parameters: Parameters) => Promise<void>;

/** Adds a command with the options that all have. */
export type AddCommand = (parent: Command, usage: string, text: string) => Command;

/** Values of an option that may be repeated or hold several. */
export function collect(value: string, values: readonly string[] = []): readonly string[] {
  return [...values, ...value.split(",").filter((part) => part !== "")];
}

/** Adds the commands to the program. */
export function addAccessCommands(program: Command, command: AddCommand, ending: Ending): void {
  const keys = program.command("keys").description("keys of programs that use Kaelix");
  command(keys, "list", "keys, newest first").action(
    ending(async (...given: Parameters<typeof keyCommands.listKeys>) =>
      (await import("./commands/keys.ts")).listKeys(...given),
    ),
  );
  command(keys, "create <name>", "make a key, shown once; asks for password or code")
    .option("--scope <actions>", "what it may do, such as memory.search,memory.create; may be repeated", collect, [])
    .option("--agent", "what an agent needs to remember and recall; more by --scope memory.edit,memory.forget")
    .option("--kind <kind>", "agent: acts for you; service: touches nobody's things", "agent")
    .option("--level <level>", "highest level it sees: general (as when not given) or confidential")
    .option("--reach <reach>", "whose words it reads: own, person (yours and its own, as when not given) or all")
    .option("--expires <when>", "90d, a day or a time; does not expire when not given")
    .action(
      ending(async (...given: Parameters<typeof keyCommands.createKey>) =>
        (await import("./commands/keys.ts")).createKey(...given),
      ),
    );
  command(keys, "end <id>", "end a key: it opens nothing from then on").action(
    ending(async (...given: Parameters<typeof keyCommands.endKey>) =>
      (await import("./commands/keys.ts")).endKey(...given),
    ),
  );
  command(keys, "undo <id>", "take back what a key wrote: forget what it told, put back what it changed")
    .option("--since <time>", "only what it wrote since this day or time")
    .option("--dry-run", "count, and change nothing")
    .option("--yes", "do not ask")
    .action(
      ending(async (...given: Parameters<typeof keyCommands.undoKey>) =>
        (await import("./commands/keys.ts")).undoKey(...given),
      ),
    );
  const apps = program.command("apps").description("apps of others that you let in by signing in");
  command(apps, "list", "apps, newest first").action(
    ending(async (...given: Parameters<typeof appCommands.listApps>) =>
      (await import("./commands/apps.ts")).listApps(...given),
    ),
  );
  command(apps, "end <id>", "end an app: it opens nothing from then on").action(
    ending(async (...given: Parameters<typeof appCommands.endApp>) =>
      (await import("./commands/apps.ts")).endApp(...given),
    ),
  );
  const sessions = program.command("sessions").description("devices that are signed in");
  command(sessions, "list", "devices, latest use first").action(
    ending(async (...given: Parameters<typeof sessionCommands.listSessions>) =>
      (await import("./commands/sessions.ts")).listSessions(...given),
    ),
  );
  command(sessions, "end [id]", "sign a device out")
    .option("--others", "every device but this one")
    .action(
      ending(async (...given: Parameters<typeof sessionCommands.endSessions>) =>
        (await import("./commands/sessions.ts")).endSessions(...given),
      ),
    );
}
