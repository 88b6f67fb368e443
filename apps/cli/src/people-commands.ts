/** The commands about people: who there is, what is said of them, who is the same as whom. */
import type { Command } from "commander";

import type * as peopleCommands from "./commands/people.ts";

/** Wraps an action so that it ends the process with its exit code. */
type Ending = <Parameters extends readonly unknown[]>(
  action: (...parameters: Parameters) => Promise<number> | number,
) => (...parameters: Parameters) => Promise<void>;

/** Adds a command with the options that all have. */
type AddCommand = (parent: Command, usage: string, text: string) => Command;

type Commands = typeof peopleCommands;

/** Adds the commands to the program. A NAME is a name, another wording ("mum") or an id. */
export function addPeopleCommands(program: Command, command: AddCommand, ending: Ending): void {
  const people = program.command("people").description("who your memories speak of");
  command(people, "list [words...]", "people, the most spoken of first")
    .option("--unsure", "also names that may be no person's")
    .action(
      ending(async (...given: Parameters<Commands["listPeople"]>) =>
        (await import("./commands/people.ts")).listPeople(...given),
      ),
    );
  command(people, "show <name>", "what memories say of somebody, with the words that say it").action(
    ending(async (...given: Parameters<Commands["showPerson"]>) =>
      (await import("./commands/people.ts")).showPerson(...given),
    ),
  );
  command(people, "merge <name> <other>", "decide that two are one person").action(
    ending(async (...given: Parameters<Commands["mergePeople"]>) =>
      (await import("./commands/people.ts")).mergePeople(...given),
    ),
  );
  command(people, "split <name> <wording>", "decide that a wording is somebody else").action(
    ending(async (...given: Parameters<Commands["splitPerson"]>) =>
      (await import("./commands/people.ts")).splitPerson(...given),
    ),
  );
  command(people, "rename <name> <new-name>", "decide what somebody is called").action(
    ending(async (...given: Parameters<Commands["renamePerson"]>) =>
      (await import("./commands/people.ts")).renamePerson(...given),
    ),
  );
  command(people, "self <name>", "decide that somebody is you: a nickname of yours, say").action(
    ending(async (...given: Parameters<Commands["decideSelf"]>) =>
      (await import("./commands/people.ts")).decideSelf(...given),
    ),
  );
  command(people, "merges", "who may be the same as whom, and what was decided").action(
    ending(async (...given: Parameters<Commands["listMerges"]>) =>
      (await import("./commands/people.ts")).listMerges(...given),
    ),
  );
  command(people, "undo <id>", "take a decision back").action(
    ending(async (...given: Parameters<Commands["undoDecision"]>) =>
      (await import("./commands/people.ts")).undoDecision(...given),
    ),
  );
  const graph = program.command("graph").description("how what you told hangs together");
  command(graph, "around <name>", "what hangs together around somebody")
    .option("--hops <number>", "one step or two", "1")
    .option("--nodes <number>", "refuse a graph of more nodes than this", "60")
    .action(
      ending(async (...given: Parameters<Commands["graphAround"]>) =>
        (await import("./commands/people.ts")).graphAround(...given),
      ),
    );
}
