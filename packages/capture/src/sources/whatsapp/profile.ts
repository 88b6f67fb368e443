/**
 * What one chat export looks like, learned before it is read: the shape of its heads, the order of its dates, its names.
 *
 * One streaming pass that stops as soon as nothing more can change (a few MiB for most files). An export is written by one phone
 * at one time, so all its heads have one shape; a line of any other shape is inside a message, whatever it looks like. iOS ends
 * messages with CR LF and lines inside messages with LF alone: where a file does that, it decides too.
 */
import { type DateDecision, DateOrderTally, type DateReading, stampDay } from "../date-order.ts";
import { civilMs } from "../local-time.ts";
import { readLines } from "../text-lines.ts";
import { type HeaderCandidate, parseHeader, splitSpeaker } from "./header.ts";
import { isEncryptionNotice, isNoticeNotName, readNotice } from "./notices.ts";

/** Bytes after which the pass ends when the order of dates is settled. */
const PROFILE_BYTES_ENOUGH = 4 * 1_048_576;
const SHAPES_MAX = 32;
const NAMES_MAX = 20_000;
/** Messages that must agree before a colon is taken as part of a name. */
const COLON_NAME_MESSAGES_MIN = 4;

/** What was learned of an export. */
export interface ChatProfile {
  readonly shape: number;
  readonly headers: number;
  readonly decision: DateDecision;
  readonly dates: DateOrderTally;
  /** The first date and time as written. */
  readonly firstWritten: string;
  /** True when heads stand only after lines that ended in CR LF. */
  readonly isCrlfFramed: boolean;
  /** Names that hold a colon themselves. */
  readonly colonNames: ReadonlySet<string>;
  /** Names that spoke, in the order they first did. */
  readonly names: readonly string[];
  /** Names that spoke at least once in the order of time. */
  readonly orderlyNames: ReadonlySet<string>;
  /** The chat's name as the first notice of an iOS export tells it. */
  readonly title: string | undefined;
  /** A day-period word that no language we know uses, with its line. */
  readonly unknownWord: { readonly line: number; readonly text: string } | undefined;
  /** Lines looked at that were not blank; with `headers` a measure of how sure the format is. */
  readonly lines: number;
  /** True when the first line that is not blank has the shape of all heads. */
  readonly startsWithHeader: boolean;
}

interface NameTally {
  messages: number;
  /** The second name-like part, while all messages share it. */
  second: string | undefined;
  isSecondShared: boolean;
  isOrderly: boolean;
}

const NO_NAMES: ReadonlySet<string> = new Set();

class ShapeTally {
  readonly dates = new DateOrderTally();
  readonly names = new Map<string, NameTally>();
  readonly firstLine: number;
  readonly firstWritten: string;
  headers = 0;
  afterCrlf = 0;
  title: string | undefined;
  unknownWord: { readonly line: number; readonly text: string } | undefined;
  #reading: DateReading | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(line: number, header: HeaderCandidate) {
    this.firstLine = line;
    this.firstWritten = header.written;
  }

  add(header: HeaderCandidate, line: number, isAfterCrlf: boolean): void {
    this.headers++;
    if (isAfterCrlf) this.afterCrlf++;
    this.dates.add(header.stamp);
    if (header.stamp.isWordUnknown) this.unknownWord ??= { line, text: header.written };
    const named = dayOfFileName(header.rest);
    if (named !== undefined) this.dates.confirm(header.stamp, named);
    const isOrderly = this.#isOrderly(header);
    const split = splitSpeaker(header.rest, NO_NAMES);
    if (split === undefined) return;
    const isMarked = split.text.startsWith("\u200e");
    const isNotice = isMarked
      ? readNotice(split.text).type === "system"
      : this.headers === 1 && header.isBracketed && isEncryptionNotice(split.text);
    if (!isNotice) this.#addName(split.speaker, split.text, isOrderly);
    else if (this.headers <= 3) this.title ??= split.speaker;
  }

  #isOrderly({ stamp }: HeaderCandidate): boolean {
    if (this.headers < 64 || this.headers % 256 === 0) {
      const { reading } = this.dates.decide();
      // Another reading of the dates is another clock.
      if (reading.order !== this.#reading?.order) this.#lastMs = Number.NEGATIVE_INFINITY;
      this.#reading = reading;
    }
    const day = this.#reading === undefined ? undefined : stampDay(stamp, this.#reading);
    if (day === undefined) return true;
    const localMs = day + (stamp.secondOfDay ?? 0) * 1000;
    if (localMs < this.#lastMs) return false;
    this.#lastMs = localMs;
    return true;
  }

  #addName(name: string, text: string, isOrderly: boolean): void {
    const known = this.names.get(name);
    const second = splitSpeaker(text, NO_NAMES)?.speaker;
    if (known === undefined) {
      if (this.names.size >= NAMES_MAX) return;
      this.names.set(name, { messages: 1, second, isSecondShared: second !== undefined, isOrderly });
      return;
    }
    known.messages++;
    known.isOrderly ||= isOrderly;
    if (known.second !== second) known.isSecondShared = false;
  }
}

/** The day in the name of an attachment: `00000004-PHOTO-2024-12-01-10-06-00.jpg`, `IMG-20241201-WA0001.jpg`. */
function dayOfFileName(rest: string): number | undefined {
  if (!rest.includes(".") || !/[-_]20\d\d/u.test(rest)) return undefined;
  const match = /-(20\d\d)-?([01]\d)-?([0-3]\d)-(?:WA\d|\d\d-\d\d-\d\d\.)/u.exec(rest);
  return match === null ? undefined : civilMs(Number(match[1]), Number(match[2]), Number(match[3]));
}

function findColonNames(names: ReadonlyMap<string, NameTally>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [name, tally] of names) {
    const isName = tally.isSecondShared && tally.messages >= COLON_NAME_MESSAGES_MIN && tally.second !== undefined;
    if (isName && (tally.second ?? "").length <= 40 && !isNoticeNotName(name)) found.add(`${name}: ${tally.second}`);
  }
  return found;
}

/** The shape that begins the file, unless another is twenty times as common: what stands first cannot be inside a message. */
function chooseShape(shapes: ReadonlyMap<number, ShapeTally>): [number, ShapeTally] | undefined {
  let chosen: [number, ShapeTally] | undefined;
  for (const entry of shapes) {
    if (chosen === undefined || entry[1].headers > chosen[1].headers * 20) chosen = entry;
  }
  return chosen;
}

/**
 * Looks through a chat export.
 * @param bytesMax where to stop in any case; absent: read on until the order of dates is settled or the file ends
 * @returns undefined when no line begins like a message
 */
export async function profileChat(
  chunks: AsyncIterable<Uint8Array>,
  options: { readonly signal?: AbortSignal | undefined; readonly bytesMax?: number } = {},
): Promise<ChatProfile | undefined> {
  const shapes = new Map<number, ShapeTally>();
  let lines = 0;
  let firstLine = 0;
  let isAfterCrlf = true;
  for await (const batch of readLines(chunks, options.signal)) {
    for (const line of batch.lines) {
      if (line.text !== "") {
        lines++;
        if (firstLine === 0) firstLine = line.number;
        if (line.trouble !== "long") addLine(shapes, line, isAfterCrlf || line.number === 1);
      }
      isAfterCrlf = line.endsWithCrlf;
    }
    if (batch.bytesRead >= (options.bytesMax ?? Number.POSITIVE_INFINITY)) break;
    if (batch.bytesRead >= PROFILE_BYTES_ENOUGH && chooseShape(shapes)?.[1].dates.isSettled === true) break;
  }
  const chosen = chooseShape(shapes);
  if (chosen === undefined) return undefined;
  return summarise(chosen[0], chosen[1], { lines, firstLine });
}

function addLine(
  shapes: Map<number, ShapeTally>,
  line: { readonly number: number; readonly text: string },
  isAfterCrlf: boolean,
): void {
  const header = parseHeader(line.text);
  if (header === undefined) return;
  let tally = shapes.get(header.shape);
  if (tally === undefined) {
    if (shapes.size >= SHAPES_MAX) return;
    tally = new ShapeTally(line.number, header);
    shapes.set(header.shape, tally);
  }
  tally.add(header, line.number, isAfterCrlf);
}

function summarise(
  shape: number,
  tally: ShapeTally,
  counts: { readonly lines: number; readonly firstLine: number },
): ChatProfile {
  const orderlyNames = new Set<string>();
  for (const [name, { isOrderly }] of tally.names) if (isOrderly) orderlyNames.add(name);
  return {
    shape,
    headers: tally.headers,
    decision: tally.dates.decide(),
    dates: tally.dates,
    firstWritten: tally.firstWritten,
    isCrlfFramed: tally.afterCrlf > 1 && tally.afterCrlf * 3 >= tally.headers * 2,
    colonNames: findColonNames(tally.names),
    names: [...tally.names.keys()].filter((name) => !isNoticeNotName(name)),
    orderlyNames,
    title: tally.title,
    unknownWord: tally.unknownWord,
    lines: counts.lines,
    startsWithHeader: tally.firstLine === counts.firstLine,
  };
}
