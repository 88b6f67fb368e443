/**
 * Lines of an export → messages.
 *
 * A line begins a message when its head has the export's shape and a possible date (and, on iOS, the line before ended in CR LF).
 * Everything else belongs to the message above. A head that steps back in time is a real message nevertheless (phones that were
 * offline deliver late, clocks go back in autumn), however far it steps, but for two cases that only a pasted log makes: the line
 * above ends in a colon ("look what Bob wrote:"), or its name speaks nowhere else in the order of time.
 */
import { assert } from "@kaelix/base";
import { MEMORY_TEXT_LENGTH_MAX } from "@kaelix/model";
import { stampDay, type DateReading } from "../date-order.ts";
import { excerpt, lineTrouble, type TextLine } from "../text-lines.ts";
import type { ImportProblem } from "../types.ts";
import { type HeaderCandidate, parseHeader, splitSpeaker } from "./header.ts";
import { isEncryptionNotice, isNoticeNotName, type Notice, readNotice } from "./notices.ts";
import type { ChatProfile } from "./profile.ts";

/** One message, or what stands in a message's place. */
export interface ChatMessage {
  readonly type: "message";
  readonly line: number;
  /** Local fields as if they were UTC, epoch ms. */
  readonly localMs: number;
  readonly hasSeconds: boolean;
  /** Undefined for notices. */
  readonly speaker: string | undefined;
  readonly notice: Notice;
}

/** A message or a problem, in file order. */
type ChatItem = ChatMessage | ({ readonly type: "problem" } & ImportProblem);

interface OpenMessage {
  readonly line: number;
  readonly localMs: number;
  readonly hasSeconds: boolean;
  readonly speaker: string | undefined;
  readonly isSystem: boolean;
  readonly head: string;
  parts: string[];
  length: number;
  lastLine: string;
  isTooLong: boolean;
}

const SYSTEM: Notice = { type: "system" };

/** Puts lines together; give it every line in order, then `finish`. */
export class MessageAssembler {
  readonly #profile: ChatProfile;
  readonly #reading: DateReading;
  #open: OpenMessage | undefined;
  #items: ChatItem[] = [];
  #isAfterCrlf = true;
  #lastMs = Number.NEGATIVE_INFINITY;
  #isPasting = false;
  #messages = 0;
  #hasToldOrphan = false;

  constructor(profile: ChatProfile, reading: DateReading) {
    this.#profile = profile;
    this.#reading = reading;
  }

  /** Adds lines; returns what was completed by them. */
  push(lines: readonly TextLine[]): ChatItem[] {
    for (const line of lines) this.#pushLine(line);
    return this.#take();
  }

  /** The last message. */
  finish(): ChatItem[] {
    this.#close();
    return this.#take();
  }

  #take(): ChatItem[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }

  #pushLine(line: TextLine): void {
    const trouble = lineTrouble(line);
    if (trouble !== undefined) this.#problem(line, trouble);
    if (line.trouble !== "long") {
      const header = parseHeader(line.text);
      if (header === undefined || !this.#begins(header, line)) this.#continue(line);
    }
    this.#isAfterCrlf = line.endsWithCrlf;
  }

  #problem(line: TextLine, why: string): void {
    this.#items.push({ type: "problem", line: line.number, text: excerpt(line.text), why });
  }

  /** Opens a message when the head is one of the export's own. */
  #begins(header: HeaderCandidate, line: TextLine): boolean {
    const { stamp } = header;
    if (header.shape !== this.#profile.shape || stamp.secondOfDay === undefined) return false;
    if (this.#profile.isCrlfFramed && !this.#isAfterCrlf) return false;
    const day = stampDay(stamp, this.#reading);
    if (day === undefined) {
      this.#problem(
        line,
        "The line begins like a message, but there is no such day; it was kept with the message above",
      );
      return false;
    }
    const localMs = day + stamp.secondOfDay * 1000;
    const split = splitSpeaker(header.rest, this.#profile.colonNames);
    const isSystem = split === undefined || isNoticeNotName(split.speaker);
    if (localMs < this.#lastMs && !isSystem && this.#isPasted(split.speaker)) {
      this.#isPasting = true;
      return false;
    }
    this.#close();
    this.#isPasting = false;
    this.#lastMs = localMs;
    const text = split === undefined || isSystem ? header.rest : split.text;
    this.#open = {
      line: line.number,
      localMs,
      hasSeconds: stamp.hasSeconds,
      speaker: isSystem ? undefined : split?.speaker,
      isSystem,
      head: header.written,
      parts: [text],
      length: text.length,
      lastLine: text,
      isTooLong: false,
    };
    return true;
  }

  #isPasted(speaker: string): boolean {
    const open = this.#open;
    if (open === undefined || open.isSystem) return false;
    if (this.#isPasting) return true;
    return /[:：]\s*$/u.test(open.lastLine) || !this.#profile.orderlyNames.has(speaker);
  }

  #continue(line: TextLine): void {
    const open = this.#open;
    if (open === undefined) {
      // What stands before the first message is listed once, not line by line.
      if (!this.#hasToldOrphan && line.text.trim() !== "") {
        this.#hasToldOrphan = true;
        this.#problem(line, "Cannot place the line: it stands before the first message");
      }
      return;
    }
    open.lastLine = line.text;
    open.length += line.text.length + 1;
    if (open.length > MEMORY_TEXT_LENGTH_MAX + 1_000) {
      open.isTooLong = true;
      return;
    }
    open.parts.push(line.text);
  }

  #close(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    this.#messages++;
    const raw = open.parts.join("\n");
    const notice = open.isSystem ? SYSTEM : this.#read(raw);
    if (open.isTooLong || (notice.type === "text" && notice.text.length > MEMORY_TEXT_LENGTH_MAX)) {
      const why = `Cannot keep the message: it is longer than ${MEMORY_TEXT_LENGTH_MAX} letters`;
      this.#items.push({ type: "problem", line: open.line, text: excerpt(`${open.head} ${raw}`), why });
      return;
    }
    const { line, localMs, hasSeconds, speaker } = open;
    assert(Number.isFinite(localMs), "A message has a time");
    this.#items.push({ type: "message", line, localMs, hasSeconds, speaker, notice });
  }

  #read(raw: string): Notice {
    // Without its mark (a file that went through an editor) the first notice looks like somebody's words.
    if (this.#messages === 1 && this.#profile.title !== undefined && isEncryptionNotice(raw)) return SYSTEM;
    return readNotice(raw);
  }
}
