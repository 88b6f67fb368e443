/**
 * The head of a line in a chat export: `date, time - ` (Android), `[date, time] ` (iOS), `date time: ` (old iOS).
 * A candidate only: whether it begins a message is decided against the shape of the whole file.
 */
import { digitValue, isInvisible, isSpace, scanStamp, skipBlank, type Stamp } from "../stamp.ts";

/** A line that begins like a message. */
export interface HeaderCandidate {
  readonly stamp: Stamp;
  /** Equal for all messages of one export. */
  readonly shape: number;
  readonly isBracketed: boolean;
  /** The date and time as written. */
  readonly written: string;
  /** What follows: `name: text`, or a notice. Invisible marks are kept. */
  readonly rest: string;
}

const TAIL_LENGTH_MAX = 30;

function isDash(letter: string): boolean {
  return letter === "-" || letter === "–" || letter === "—";
}

function isBlankAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return isSpace(code) || isInvisible(code);
}

function bracketTail(text: string, clockEnd: number): number {
  const limit = Math.min(text.length, clockEnd + TAIL_LENGTH_MAX);
  for (let index = clockEnd; index < limit; index++) {
    const letter = text.charAt(index);
    if (letter === "]" || letter === "］") return index;
    if (letter === ":" || letter === "[" || digitValue(text.charCodeAt(index)) >= 0) return -1;
  }
  return -1;
}

function openTail(text: string, clockEnd: number): number {
  const limit = Math.min(text.length, clockEnd + TAIL_LENGTH_MAX);
  for (let index = clockEnd; index < limit; index++) {
    const letter = text.charAt(index);
    if (isDash(letter)) return isBlankAt(text, index - 1) && isBlankAt(text, index + 1) ? index : -1;
    if (letter === ":") return isBlankAt(text, index + 1) ? index : -1;
    if (letter === "[" || letter === "]" || letter === "<" || digitValue(text.charCodeAt(index)) >= 0) return -1;
  }
  return -1;
}

/** Reads the head of a line; undefined for any other line. */
export function parseHeader(line: string): HeaderCandidate | undefined {
  let at = skipBlank(line, 0);
  const opening = line.charAt(at);
  const isBracketed = opening === "[" || opening === "［";
  if (isBracketed) at = skipBlank(line, at + 1);
  if (digitValue(line.charCodeAt(at)) < 0) return undefined;
  const stamp = scanStamp(line, at, isBracketed ? bracketTail : openTail);
  if (stamp === undefined) return undefined;
  const closing = line.charAt(stamp.end);
  // The one space after the head belongs to it; marks after it say something about the text and stay.
  const afterClosing = stamp.end + 1;
  const restAt = isSpace(line.charCodeAt(afterClosing)) ? afterClosing + 1 : afterClosing;
  const framing = isBracketed ? 0 : closing === ":" ? 1 : 2;
  return {
    stamp,
    shape: stamp.shape * 3 + framing,
    isBracketed,
    written: line.slice(at, stamp.end).trim(),
    rest: line.slice(restAt),
  };
}

/** Without invisible marks, with plain spaces, trimmed. */
export function cleanMarks(text: string): string {
  let isClean = true;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 126 && code !== 0x200d && (isInvisible(code) || isSpace(code))) {
      isClean = false;
      break;
    }
  }
  if (isClean) return text.trim();
  let cleaned = "";
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    // A joiner (U+200D, U+200C) is part of emoji and of Persian words.
    if (isInvisible(code) && code !== 0x200d && code !== 0x200c) continue;
    cleaned += isSpace(code) ? " " : text.charAt(index);
  }
  return cleaned.trim();
}

/** A line split at the first colon that is followed by a space or the line's end. */
interface SpeakerSplit {
  readonly speaker: string;
  /** Marks kept. */
  readonly text: string;
}

const SPEAKER_LENGTH_MAX = 120;

/** Splits `name: text`; undefined when there is no name. `longer` names with a colon of their own are tried first. */
export function splitSpeaker(rest: string, longer: ReadonlySet<string>): SpeakerSplit | undefined {
  let colon = rest.indexOf(":");
  let first: SpeakerSplit | undefined;
  while (colon > 0 && colon <= SPEAKER_LENGTH_MAX) {
    if (colon + 1 === rest.length || isBlankAt(rest, colon + 1)) {
      const speaker = cleanMarks(rest.slice(0, colon)).replace(/^~\s*/u, "");
      if (speaker === "") return first;
      const textAt = isSpace(rest.charCodeAt(colon + 1)) ? colon + 2 : colon + 1;
      const split = { speaker, text: rest.slice(textAt) };
      if (longer.size === 0) return split;
      if (first !== undefined && longer.has(speaker)) return split;
      if (first !== undefined) return first;
      first = split;
    }
    colon = rest.indexOf(":", colon + 1);
  }
  return first;
}
