import { createInterface } from "node:readline";

import type { CallInput, Routes } from "@kaelix/contract";
import { type AnswerEvent, readAnswer, type StreamedAnswer } from "@kaelix/contract/answer-stream";

import { type Connection, connect } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { printJson, say } from "../output.ts";
import { canAsk } from "../prompt.ts";
import { narrowedBy, purposeOf, type RecallOptions } from "./memories.ts";
import { NOT_WRITTEN } from "./not-written.ts";
import { openUp } from "./unlock.ts";

/** Options of `ask`. */
export interface AskOptions extends RecallOptions {
  readonly quoted?: boolean;
  /** Asked before, the last one last. */
  readonly after?: readonly string[];
  readonly follow?: boolean;
}

/** Most that is said of what was asked before. */
const BEFORE_MAX = 10;

/**
 * `kaelix ask QUESTION`: an answer with its sources, sentence by sentence where a provider writes it. With `--follow` every line of standard
 * input is a question that may lean on those before it.
 */
export async function ask(words: readonly string[], options: AskOptions): Promise<number> {
  if (words.length === 0 && options.follow !== true)
    throw new CommandFailure(EXIT.usage, "Cannot ask without a question: kaelix ask QUESTION, or --follow");
  const connection = await connect(options);
  try {
    await openUp(connection, options.open);
    const before = [...(options.after ?? [])];
    if (words.length > 0) await askOne(connection, words.join(" "), { before, options });
    if (options.follow !== true) return EXIT.ok;
    const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: canAsk(), prompt: "? " });
    if (canAsk()) lines.prompt();
    for await (const line of lines) {
      if (line.trim() !== "") await askOne(connection, line.trim(), { before, options });
      if (canAsk()) lines.prompt();
    }
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

/** Asks one question after others, and puts it behind them as it was understood. */
async function askOne(
  connection: Connection,
  question: string,
  { before, options }: { readonly before: string[]; readonly options: AskOptions },
): Promise<void> {
  const body = {
    question,
    ...narrowedBy(options),
    ...(before.length === 0 ? {} : { after: before.slice(-BEFORE_MAX) }),
    ...(options.follow === true ? { follow_ups: true } : {}),
  };
  const answer = await answerOf(connection, body, options);
  if (options.json !== undefined) printJson(answer, options.json);
  else showSources(answer, options);
  before.push(answer.understood_as ?? question);
}

type Body = NonNullable<CallInput<Routes["answers.write"]>["body"]>;
type Sentence = StreamedAnswer["sentences"][number];

/** The answer that stands; unless it is wanted as JSON, its words are printed as they come. */
async function answerOf({ client }: Connection, body: Body, options: AskOptions): Promise<StreamedAnswer> {
  const isShown = options.json === undefined;
  if (options.quoted === true) {
    const { data } = await client.call("answers.ask", { body }, purposeOf(options));
    if (isShown) {
      sayUnderstood(data, options);
      print(data.sentences);
    }
    return data;
  }
  let told = 0;
  for await (const event of readAnswer(await client.open("answers.write", { body }, purposeOf(options)))) {
    if (event.type === "quoted" && isShown) sayUnderstood(event.answer, options);
    if (event.type === "sentence" && isShown) {
      print([event.sentence]);
      told += 1;
    }
    if (event.type === "done") return isShown ? finish(event, told, options) : event.answer;
  }
  throw new Error("The answer broke off");
}

function sayUnderstood({ understood_as: understood }: StreamedAnswer, options: AskOptions): void {
  if (understood !== undefined) say(`Understood as: ${understood}`, options);
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

/** What an answer rests on, what was not looked at, what could be asked next, and why it is quoted where a provider writes. */
function showSources(answer: StreamedAnswer, options: AskOptions): void {
  // Said of every such answer, so that it tells nothing of what there is.
  if (answer.kind === "nothing" && options.open === undefined)
    say("What is locked was not looked at; --open secret looks there, too", options);
  for (const { memory, number } of answer.citations) {
    const shared = memory.shared === undefined ? "" : `, shared by ${memory.shared.by.name}`;
    const who = `${memory.speaker ?? "you"}${shared}`;
    say(`[${number}] ${who}, ${memory.source}, ${memory.occurred_at.slice(0, 10)}, ${memory.id}`, options);
  }
  const { follow_ups: next = [] } = answer;
  if (next.length > 0) say(`Ask next: ${next.join(" ")}`, options);
  if (answer.written_by !== undefined) say(`Written by ${answer.written_by} from what is quoted`, options);
  if (answer.not_written !== undefined) say(`Quoted: ${NOT_WRITTEN[answer.not_written]}`, options);
}
