/** The commands for going through what there is: what waits for a person's word, what their words taught, and what happened when. */
import { Command } from "commander";

import type * as lessonCommands from "./commands/lessons.ts";
import type * as reviewCommands from "./commands/review.ts";
import type * as timelineCommands from "./commands/timeline.ts";

/** Wraps an action so that it ends the process with its exit code. */
type Ending = <Parameters extends readonly unknown[]>(
  action: (...parameters: Parameters) => Promise<number> | number,
) => (...parameters: Parameters) => Promise<void>;

/** Adds a command with the options that all have. */
type AddCommand = (parent: Command, usage: string, text: string) => Command;

type Commands = typeof reviewCommands;

const OPEN = ["--open <level>", "open the session up to this level first, asking for the password"] as const;

/** Adds the commands to the program. */
export function addReviewCommands(program: Command, command: AddCommand, ending: Ending): void {
  const review = program.command("review").description("what waits for your word");
  const next = command(new Command(), "next", "asks about one thing after another, a key each; in a pipe it lists them")
    .option(...OPEN)
    .action(
      ending(async (...given: Parameters<Commands["reviewAll"]>) =>
        (await import("./commands/review.ts")).reviewAll(...given),
      ),
    );
  // Without a word it is this one; options of a command that has words of its own would swallow theirs.
  review.addCommand(next, { isDefault: true });
  command(review, "list", "what waits: what programs propose, who may be one person, levels nobody is sure of")
    .option("--kind <kind>", "level, person or write alone")
    .option(...OPEN)
    .action(
      ending(async (...given: Parameters<Commands["listReview"]>) =>
        (await import("./commands/review.ts")).listReview(...given),
      ),
    );
  for (const [word, text] of [
    ["accept", "say yes: the level is right, they are one person, it may be remembered"],
    ["refuse", "say no: they are two people, it is not remembered"],
    ["up", "a memory belongs one level higher"],
    ["down", "a memory belongs one level lower"],
  ] as const) {
    command(review, `${word} <ids...>`, text)
      .option(...OPEN)
      .action(
        ending(async (...[ids, options]: [string[], Parameters<Commands["answerReview"]>[2]]) =>
          (await import("./commands/review.ts")).answerReview(word, ids, options),
        ),
      );
  }
  const lessons = program
    .command("lessons")
    .description("what your corrections of levels taught the judge of your memories");
  const shown = command(new Command(), "show", "how many memories count, from which level to which")
    .option(...OPEN)
    .action(
      ending(async (...given: Parameters<(typeof lessonCommands)["showLessons"]>) =>
        (await import("./commands/lessons.ts")).showLessons(...given),
      ),
    );
  lessons.addCommand(shown, { isDefault: true });
  command(lessons, "forget", "forget it; the memories stay at their levels")
    .option("--yes", "do not ask")
    .action(
      ending(async (...given: Parameters<(typeof lessonCommands)["forgetLessons"]>) =>
        (await import("./commands/lessons.ts")).forgetLessons(...given),
      ),
    );
  command(program, "timeline [when]", "how much each month holds; of a month its days, of a day its memories")
    .option("--person <name>", "said by this person")
    .option(
      "--source <source>",
      "came in through this door: chat, rest, cli, mcp, kafka, whatsapp, chatgpt, jsonl, csv, markdown",
    )
    .option("--zone <zone>", "the zone that months and days are in; else this machine's")
    .option(...OPEN)
    .action(
      ending(async (...given: Parameters<(typeof timelineCommands)["timeline"]>) =>
        (await import("./commands/timeline.ts")).timeline(...given),
      ),
    );
}
