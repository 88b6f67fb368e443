/** The commands of sharing with others of the installation. */
import type { Command } from "commander";

import { type AddCommand, collect, type Ending } from "./access-commands.ts";
import type * as shareCommands from "./commands/share.ts";

/** Adds the commands to the program. */
export function addSharingCommands(program: Command, command: AddCommand, ending: Ending): void {
  command(program, "share", "share some of your memories with somebody here; asks for password or code")
    .requiredOption("--with <person>", "name or id of who shall see them")
    .requiredOption("--until <when>", "30d, a day or a time: when it ends")
    .option("--about <person>", "what names somebody, now and later, up to confidential: a name or an id")
    .option("--topic <name>", "what names a place, workplace, event or thing, now and later: a name or an id")
    .option("--conversation <title>", "a conversation by title or id, also what is said there later")
    .option("--memory <ids>", "memories one by one; may be repeated", collect, [])
    .option("--source <source>", "everything that came from this source")
    .option("--from <time>", "what happened at or after this day or time; with --to")
    .option("--to <time>", "and before this one")
    .option("--all", "everything")
    .option("--level <level>", "the highest level that is shared: general (as when not given), confidential or secret")
    .option("--for <purpose>", "one word: it opens only for who says it is for that")
    .option("--yes", "do not ask whether what --about or --topic opens is meant")
    .action(
      ending(async (...given: Parameters<typeof shareCommands.share>) =>
        (await import("./commands/share.ts")).share(...given),
      ),
    );
  command(program, "shares", "what you have shared, and what was shared with you").action(
    ending(async (...given: Parameters<typeof shareCommands.listShares>) =>
      (await import("./commands/share.ts")).listShares(...given),
    ),
  );
  command(program, "unshare <id>", "end a share, as who gave it or as who has it").action(
    ending(async (...given: Parameters<typeof shareCommands.unshare>) =>
      (await import("./commands/share.ts")).unshare(...given),
    ),
  );
}
