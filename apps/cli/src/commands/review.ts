import { styleText } from "node:util";

import type { CallInput, CallOutput, Routes } from "@kaelix/contract";
import { cardsOf } from "@kaelix/contract/review-cards";

import { type CommonOptions, connected, type Connection } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { printJson, printTable, say } from "../output.ts";
import { canAsk } from "../prompt.ts";
import { whileReading } from "../reading-people.ts";
import { openUp } from "./unlock.ts";

type Review = CallOutput<Routes["review.list"]>;
type Item = Review["data"][number];
type Word = NonNullable<CallInput<Routes["review.answer"]>["body"]>["answer"];
type Done = CallOutput<Routes["review.answer"]>;

/** Options of `review`. */
export interface ReviewOptions extends CommonOptions {
  readonly open?: string;
}

/** Options of `review list`. */
export interface ReviewListOptions extends ReviewOptions {
  readonly kind?: string;
}

const PAGE = 200;
const TEXT_LENGTH = 160;

function opened(options: ReviewOptions, work: (connection: Connection) => Promise<void>): Promise<number> {
  return connected(options, async (connection) => {
    await openUp(connection, options.open);
    await work(connection);
  });
}

/** `kaelix review`: asks about one thing after another where somebody sits at a terminal, and lists them elsewhere. */
export function reviewAll(options: ReviewOptions): Promise<number> {
  if (!canAsk() || options.json !== undefined) return listReview(options);
  return opened(options, (connection) => askOneByOne(connection, options));
}

/** `kaelix review list`: what waits. */
export function listReview(options: ReviewListOptions): Promise<number> {
  return opened(options, async ({ client }) => {
    const kind = kindOf(options.kind);
    const asked = client.call("review.list", { query: { limit: PAGE, ...(kind && { kind }) } });
    const { data } = await whileReading(client, options, asked);
    if (options.json !== undefined) {
      printJson(data.data, options.json);
      return;
    }
    printTable(
      ["ID", "KIND", "NOW", "WHAT"],
      data.data.map((item) => [item.id, item.kind, levelOf(item), wordsOf(item)]),
    );
    sayRest(data, options);
  });
}

function kindOf(text: string | undefined): Item["kind"] | undefined {
  if (text === undefined || text === "level" || text === "person" || text === "write") return text;
  throw new CommandFailure(EXIT.usage, `Cannot list the kind ${text}: it must be level, person or write`);
}

function sayRest({ counts, data }: Review, options: CommonOptions): void {
  if (counts.total === 0) say("Nothing waits for your word", options);
  else if (counts.total > data.length) say(`${data.length} of ${counts.total} that wait`, options);
}

/** `kaelix review accept|refuse|up|down ID...`: gives one's word; stops at the first that cannot be taken. */
export function answerReview(word: Word, ids: readonly string[], options: ReviewOptions): Promise<number> {
  return opened(options, async (connection) => {
    const { client } = connection;
    const all: Done[] = [];
    for (const id of ids) {
      const version = id.startsWith("mem_")
        ? (await client.call("memories.read", { params: { id } })).data.version
        : null;
      const done = await give(connection, { id, word, version });
      all.push(done);
      if (options.json === undefined) say(doneText(done, word), options);
    }
    if (options.json !== undefined) printJson(all.length === 1 ? all[0] : all, options.json);
  });
}

async function give(
  { client }: Connection,
  { id, version, word }: { readonly id: string; readonly word: Word; readonly version: number | null },
): Promise<Done> {
  const body = { answer: word, ...(version === null ? {} : { version }) };
  return (await client.call("review.answer", { params: { id }, body })).data;
}

function doneText({ decision, kind, memory, settled }: Done, word: Word): string {
  if (kind === "person") return `Decided: kaelix people undo ${decision} takes it back`;
  if (kind === "write")
    return word === "refuse" ? "Refused: it is gone" : `Remembered${memory === null ? "" : `: ${memory.id}`}`;
  if (memory === null) return "Moved above what is open";
  return settled.length > 1
    ? `${settled.length} memories that say the same stand at ${memory.level} by your word`
    : `It stands at ${memory.level} by your word`;
}

function levelOf({ memory, write }: Item): string {
  return memory?.level ?? write?.level ?? "";
}

function wordsOf({ memory, people, said, write }: Item): string {
  if (people !== undefined) return people.reason;
  const text = (memory?.text ?? write?.text ?? "").replaceAll(/\s+/g, " ");
  const short = text.length > TEXT_LENGTH ? `${text.slice(0, TEXT_LENGTH)}…` : text;
  if (said !== undefined) return `${short} (${said.times} times since ${said.since.slice(0, 10)})`;
  return write === undefined ? short : `${write.client}: ${short}`;
}

const KEYS: Readonly<Record<string, Word>> = { a: "accept", u: "up", d: "down", r: "refuse" };
const NAMES: Readonly<Record<Word, string>> = { accept: "[a]ccept", up: "[u]p", down: "[d]own", refuse: "[r]efuse" };

async function askOneByOne(connection: Connection, options: CommonOptions): Promise<void> {
  const { client } = connection;
  const asked = client.call("review.list", { query: { limit: PAGE } });
  const { data: review } = await whileReading(client, options, asked);
  sayRest(review, options);
  let given = 0;
  const cards = cardsOf(review.data, new Set()).map(({ items }) => items);
  for (let card = cards.shift(); card !== undefined; card = cards.shift()) {
    const [item] = card;
    if (item === undefined) continue;
    sayCard(card, item);
    const answers = item.answers.map((word) => NAMES[word]).join("  ");
    const isOne = card.length === 1;
    say(`   ${isOne ? "" : "All: "}${answers}  ${isOne ? "" : "[o]ne by one  "}[s]kip  [q]uit`);
    const key = await keyPressed(
      (pressed) => /^[sq]$/.test(pressed) || (pressed === "o" && !isOne) || isAnswer(item, pressed),
    );
    if (key === "q") break;
    if (key === "o") cards.unshift(...card.map((one) => [one]));
    const word = KEYS[key];
    if (word === undefined) continue;
    for (const { id, memory } of card) {
      const done = await give(connection, { id, word, version: memory?.version ?? null });
      given += 1;
      say(`   ${doneText(done, word)}`);
    }
  }
  if (given > 0) say(`\nGave your word ${given} ${given === 1 ? "time" : "times"}`, options);
}

function sayCard(card: readonly Item[], item: Item): void {
  say(`\n${card.length === 1 ? "" : styleText("dim", `${card.length} that are doubted for the same reason`)}`);
  for (const one of card) say(styleText("bold", wordsOf(one)));
  for (const reason of reasonsOf(item)) say(`   ${reason}`);
}

function isAnswer(item: Item, key: string): boolean {
  const word = KEYS[key];
  return word !== undefined && item.answers.includes(word);
}

function reasonsOf({ memory, people, write }: Item): readonly string[] {
  if (people !== undefined)
    return people.evidence.map(({ at, quote }) => `${at.slice(0, 10)} “${quote.replaceAll(/\s+/g, " ")}”`);
  if (write !== undefined) return [`${write.level}: ${write.reasons.join("; ") || "as the program says"}`];
  if (memory === undefined) return [];
  const why = memory.reasons.map(({ text }) => text).join("; ");
  return [`${memory.level}, ${Math.round(memory.confidence * 100)} % sure${why === "" ? "" : `: ${why}`}`];
}

/** Waits for one key that is wanted. Ctrl+C and the end of input count as `q`. */
function keyPressed(isWanted: (key: string) => boolean): Promise<string> {
  const { stdin } = process;
  return new Promise((resolve) => {
    const end = (key: string): void => {
      stdin.off("data", pressed).off("end", ended);
      stdin.setRawMode(false);
      stdin.pause();
      resolve(key);
    };
    const ended = (): void => end("q");
    const pressed = (bytes: Buffer): void => {
      const key = bytes.toString().toLowerCase();
      if (key === "\u0003" || key === "\u0004" || key === "\u001B") end("q");
      else if (isWanted(key)) end(key);
    };
    stdin.setRawMode(true);
    stdin.resume().on("data", pressed).on("end", ended);
  });
}
