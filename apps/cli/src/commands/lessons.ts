import { type CommonOptions, connected } from "../connection.ts";
import { printJson, printTable, say } from "../output.ts";
import { agree } from "../prompt.ts";
import { openUp } from "./unlock.ts";

/** Options of `lessons`. */
export interface LessonsOptions extends CommonOptions {
  readonly open?: string;
}

/** Options of `lessons forget`. */
export interface ForgetLessonsOptions extends CommonOptions {
  readonly yes?: boolean;
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
    await agree("Forget what your corrections of levels taught?", options.yes === true);
    await client.call("lessons.forget");
    say("Forgotten. Memories stay where they are; what you tell from now on is judged by the rules", options);
  });
}
