/** The commands about the day as it is told by itself, and about searches that were named. */
import type { Command } from "commander";

import type * as dayCommands from "./commands/day.ts";
import type * as searchCommands from "./commands/searches.ts";

/** Wraps an action so that it ends the process with its exit code. */
type Ending = <Parameters extends readonly unknown[]>(
  action: (...parameters: Parameters) => Promise<number> | number,
) => (...parameters: Parameters) => Promise<void>;

/** What commands are added with. */
interface Adding {
  readonly command: (parent: Command, usage: string, text: string) => Command;
  readonly recallOptions: (of: Command) => Command;
  readonly ending: Ending;
}

type Day = typeof dayCommands;
type Searches = typeof searchCommands;

/** Adds the commands to the program. */
export function addDayCommands(program: Command, adding: Adding): void {
  addDay(program, adding);
  addSearches(program, adding);
}

function addDay(program: Command, { command, ending }: Adding): void {
  const day = program.command("day").description("when your day is told, by which ways, and what in it is not useful");
  command(day, "settings", "when your day is told and by which ways").action(
    ending(async (...given: Parameters<Day["showSettings"]>) =>
      (await import("./commands/day.ts")).showSettings(...given),
    ),
  );
  command(day, "set", "change what is named; the rest stays as it is")
    .option("--hour <hour>", "full hour of the day, 0 to 23, or never")
    .option("--zone <zone>", "time zone of your days, as in Europe/Berlin")
    .option("--mail <address>", "send it to this address, or none")
    .option("--mail-level <level>", "what a mail may tell: general or confidential")
    .option("--webhook <url>", "post it to this address, or none; its secret is printed once")
    .option("--webhook-level <level>", "what a webhook may tell: general or confidential")
    .action(
      ending(async (...given: Parameters<Day["changeSettings"]>) =>
        (await import("./commands/day.ts")).changeSettings(...given),
      ),
    );
  command(day, "test <way>", "try mail, webhook or push now; by mail a code comes").action(
    ending(async (...given: Parameters<Day["testWay"]>) => (await import("./commands/day.ts")).testWay(...given)),
  );
  command(day, "confirm <code>", "prove the mailbox with the code that came").action(
    ending(async (...given: Parameters<Day["confirmMail"]>) =>
      (await import("./commands/day.ts")).confirmMail(...given),
    ),
  );
  command(day, "not-useful [key]", "call a line not useful, by its key in kaelix digest --json; without one, list them")
    .option("--day <day>", "the day of the digest, else today")
    .option("--zone <zone>", "time zone of your days; else this machine's")
    .action(
      ending(async (...given: Parameters<Day["notUseful"]>) => (await import("./commands/day.ts")).notUseful(...given)),
    );
  command(day, "useful <id>", "take that back by its id, or all of them by all").action(
    ending(async (...given: Parameters<Day["useful"]>) => (await import("./commands/day.ts")).useful(...given)),
  );
}

function addSearches(program: Command, { command, ending, recallOptions }: Adding): void {
  const searches = program.command("searches").description("searches that you have named");
  command(searches, "list", "their names").action(
    ending(async (...given: Parameters<Searches["listSearches"]>) =>
      (await import("./commands/searches.ts")).listSearches(...given),
    ),
  );
  recallOptions(
    command(searches, "save <name> [query...]", "name a search; a name that is taken gets the new one"),
  ).action(
    ending(async (...given: Parameters<Searches["saveSearch"]>) =>
      (await import("./commands/searches.ts")).saveSearch(...given),
    ),
  );
  command(searches, "run <name>", "search again")
    .option("--limit <number>", "how many", "20")
    .action(
      ending(async (...given: Parameters<Searches["runSearch"]>) =>
        (await import("./commands/searches.ts")).runSearch(...given),
      ),
    );
  command(searches, "rename <name> <new-name>", "call it something else").action(
    ending(async (...given: Parameters<Searches["renameSearch"]>) =>
      (await import("./commands/searches.ts")).renameSearch(...given),
    ),
  );
  command(searches, "remove <name>", "forget the name").action(
    ending(async (...given: Parameters<Searches["removeSearch"]>) =>
      (await import("./commands/searches.ts")).removeSearch(...given),
    ),
  );
}
