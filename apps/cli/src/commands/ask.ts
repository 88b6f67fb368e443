import { type AnswerEvent, readAnswer, type StreamedAnswer } from "@kaelix/contract/answer-stream";

import { type Connection, connect } from "../connection.ts";
import { EXIT } from "../exit.ts";
import { printJson, say } from "../output.ts";
import { filterOf, purposeOf, type RecallOptions } from "./memories.ts";
import { openUp } from "./unlock.ts";

/** Options of `ask`. */
export interface AskOptions extends RecallOptions {
  readonly quoted?: boolean;
}

/** `kaelix ask QUESTION`: an answer with its sources, sentence by sentence where a provider writes it. */
export async function ask(words: readonly string[], options: AskOptions): Promise<number> {
  const connection = await connect(options);
  try {
    await openUp(connection, options.open);
    const body = { question: words.join(" "), filter: filterOf(options) };
    const answer = await answerOf(connection, body, options);
    if (options.json !== undefined) printJson(answer, options.json);
    else showSources(answer, options);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

type Body = { readonly question: string; readonly filter: ReturnType<typeof filterOf> };
type Sentence = StreamedAnswer["sentences"][number];

/** The answer that stands; unless it is wanted as JSON, its words are printed as they come. */
async function answerOf({ client }: Connection, body: Body, options: AskOptions): Promise<StreamedAnswer> {
  const isShown = options.json === undefined;
  if (options.quoted === true) {
    const { data } = await client.call("answers.ask", { body }, purposeOf(options));
    if (isShown) print(data.sentences);
    return data;
  }
  let told = 0;
  for await (const event of readAnswer(await client.open("answers.write", { body }, purposeOf(options)))) {
    if (event.type === "sentence" && isShown) {
      print([event.sentence]);
      told += 1;
    }
    if (event.type === "done") return isShown ? finish(event, told, options) : event.answer;
  }
  throw new Error("The answer broke off");
}

/** Prints what was not told yet: the rest of a written answer, or a quoted one. */
function finish(
  { answer }: Extract<AnswerEvent, { answer: unknown }>,
  told: number,
  options: AskOptions,
): StreamedAnswer {
  const isWritten = answer.kind === "written";
  if (!isWritten && told > 0) say("The provider broke off; this is quoted:", options);
  print(isWritten ? answer.sentences.slice(told) : answer.sentences);
  return answer;
}

function print(sentences: readonly Sentence[]): void {
  for (const { citations, text } of sentences)
    process.stdout.write(`${text}${citations.length === 0 ? "" : ` ${citations.map((at) => `[${at}]`).join("")}`}\n`);
}

/** Why an answer is quoted though a provider writes here. */
const NOT_WRITTEN: Readonly<Record<NonNullable<StreamedAnswer["not_written"]>, string>> = {
  withheld: "this is too private to be sent to a provider",
  late: "the provider did not answer in time",
  down: "the provider cannot be asked now",
  spent: "what the provider may cost today is spent",
  unsupported: "nothing that the provider wrote stood on your memories",
  conflict: "your memories tell different things",
};

function showSources(answer: StreamedAnswer, options: AskOptions): void {
  for (const { memory, number } of answer.citations) {
    const shared = memory.shared === undefined ? "" : `, shared by ${memory.shared.by.name}`;
    const who = `${memory.speaker ?? "you"}${shared}`;
    say(`[${number}] ${who}, ${memory.source}, ${memory.occurred_at.slice(0, 10)}, ${memory.position}`, options);
  }
  if (answer.written_by !== undefined) say(`Written by ${answer.written_by} from what is quoted`, options);
  if (answer.not_written !== undefined) say(`Quoted: ${NOT_WRITTEN[answer.not_written]}`, options);
}
