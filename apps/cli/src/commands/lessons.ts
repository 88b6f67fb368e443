import { type CommonOptions, type Connection, connect } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { printJson, printTable, say } from "../output.ts";
import { askText, canAsk } from "../prompt.ts";
import { openUp } from "./unlock.ts";

/** Options of `lessons`. */
export interface LessonsOptions extends CommonOptions {
  readonly open?: string;
}

/** Options of `lessons forget`. */
export interface ForgetLessonsOptions extends CommonOptions {
  readonly yes?: boolean;
}

async function connected(options: CommonOptions, work: (connection: Connection) => Promise<void>): Promise<number> {
  const connection = await connect(options);
  try {
    await work(connection);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

/** `kaelix lessons`: what one's corrections of levels taught. */
export function showLessons(options: LessonsOptions): Promise<number> {
  return connected(options, async (connection) => {
    await openUp(connection, options.open);
    const { data } = await connection.client.call("lessons.read");
    if (options.json !== undefined) {
      printJson(data, options.json);
      return;
    }
    printTable(
      ["FROM", "TO", "MEMORIES"],
      data.data.map(({ count, from, to }) => [from, to, String(count)]),
    );
    if (data.total === 0) say("You have moved no memory that counts: levels are as the rules say", options);
  });
}

/** `kaelix lessons forget`: what was taught so far counts no more. */
export function forgetLessons(options: ForgetLessonsOptions): Promise<number> {
  return connected(options, async ({ client }) => {
    const question = "Forget what your corrections of levels taught?";
    if (options.yes !== true) {
      if (!canAsk()) throw new CommandFailure(EXIT.usage, `Cannot ask "${question}" here: --yes answers it`);
      const answer = await askText(`${question} Type yes`);
      if (answer.trim().toLowerCase() !== "yes") throw new CommandFailure(EXIT.usage, "Cancelled, nothing was changed");
    }
    await client.call("lessons.forget");
    say("Forgotten. Memories stay where they are; what you tell from now on is judged by the rules", options);
  });
}
