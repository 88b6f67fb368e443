/**
 * A day's digest of a person's memories: what came in, what was promised, what is ahead, who has gone quiet, what was on this day.
 *
 * Guarantees: pure rules and no provider; every line stands on memories that it names; nothing above the ceiling is read, counted or
 * hinted at; the same memories, day and zone make the same digest. Bounded: `READ_MAX` texts are read, however many memories there are.
 * Does not: say who may ask, send itself to anybody, or judge what matters beyond what each section says of itself.
 */
import type { LogPosition } from "@kaelix/base";
import { type ImportId, TOPICS } from "@kaelix/model";
import type { SearchDocument } from "@kaelix/views";

import type { RecallScope, RecallSource } from "../source.ts";
import { calendarOf, formatDay, parseDay } from "./calendar.ts";
import { cameIn } from "./came-in.ts";
import { changedRhythms, goneQuiet, mostHeardOf, quietByTheEnd } from "./conversations.ts";
import { datesAhead } from "./dates-ahead.ts";
import { onThisDay } from "./on-this-day.ts";
import { openPromises } from "./promises.ts";
import { DigestPages } from "./pages.ts";
import { type NotUseful, weighed } from "./usefulness.ts";

/** What a section of a digest is about. */
export type DigestKind = "people" | "came-in" | "dates-ahead" | "promises" | "quiet" | "rhythm" | "on-this-day";

/** A memory that a line stands on, and the words of it that say so: `[start, end)` in UTF-16 units of its text. */
export interface DigestEvidence {
  readonly document: SearchDocument;
  readonly range: readonly [number, number];
  readonly position: LogPosition;
}

/** One line. */
export interface DigestLine {
  /** The same for the same thing on every day it is told: what "not useful" is remembered by. */
  readonly key: string;
  readonly text: string;
  /** The day it is about, `YYYY-MM-DD`; a promise's is the day it is due. */
  readonly day?: string;
  /** How many memories it counts, when it counts. */
  readonly count?: number;
  readonly evidence: readonly DigestEvidence[];
}

/** Lines of one kind, the most telling first. */
export interface DigestSection {
  readonly kind: DigestKind;
  readonly lines: readonly DigestLine[];
  /** Lines left out for length. */
  readonly more: number;
}

/** A digest. Sections without lines are left out. */
export interface Digest {
  readonly day: string;
  readonly zone: string;
  /** Memories that were there to be looked at. */
  readonly memories: number;
  readonly sections: readonly DigestSection[];
  readonly tookMs: number;
  /** Everything below this position was looked at. */
  readonly asOf: LogPosition;
}

/** What a digest is asked with. */
export interface DigestRequest extends RecallScope {
  /** IANA name of the zone that the person's days are in. */
  readonly zone: string;
  /** `YYYY-MM-DD`; default: the day it is there now. */
  readonly day?: string;
  /** Only what this import brought: the first look at it. Its last day stands for the day. */
  readonly importId?: ImportId;
  /** What the person called not useful before. */
  readonly notUseful?: readonly NotUseful[];
  /** Lines of a section at most; 8 when absent. */
  readonly linesMax?: number;
}

/** A digest, or what was wrong with the question. */
export type DigestOutcome =
  | { readonly type: "digest"; readonly digest: Digest }
  | { readonly type: "unknown-zone" }
  | { readonly type: "no-such-day" };

const LINES_MAX = 8;

/** Makes a digest. */
export async function makeDigest(source: RecallSource, request: DigestRequest): Promise<DigestOutcome> {
  const startMs = source.monotonicMs();
  const calendar = calendarOf(request.zone);
  if (calendar === undefined) return { type: "unknown-zone" };
  const today = calendar.dayOf(source.nowMs());
  const asked = request.day === undefined ? today : parseDay(request.day);
  if (asked === undefined) return { type: "no-such-day" };
  const partition = source.partitionOf(request.userId);
  const index = await source.index(request.userId);
  const offset = await source.nextOffset(partition);
  const { ceiling, importId } = request;
  const pages = new DigestPages({ index, ceiling, calendar, partition, day: asked, ...(importId ? { importId } : {}) });
  const promises = openPromises(pages);
  const made = [
    section("people", importId === undefined ? [] : mostHeardOf(pages)),
    section("dates-ahead", withoutRepeated(datesAhead(pages), promises)),
    section("promises", promises),
    section("came-in", importId === undefined ? cameIn(pages) : []),
    section("quiet", importId === undefined ? goneQuiet(pages) : quietByTheEnd(pages)),
    section("rhythm", changedRhythms(pages)),
    section("on-this-day", onThisDay(pages)),
  ];
  const sections = weighed(made, request.notUseful ?? [], request.linesMax ?? LINES_MAX);
  const digest: Digest = {
    day: formatDay(pages.day),
    zone: request.zone,
    memories: pages.count,
    sections,
    tookMs: source.monotonicMs() - startMs,
    asOf: { topic: TOPICS.memories.name, partition, offset },
  };
  return { type: "digest", digest };
}

/** Lines whose words are not those of another section's lines. */
function withoutRepeated(lines: readonly DigestLine[], others: readonly DigestLine[]): readonly DigestLine[] {
  const wordsOf = ({ evidence: [first] }: DigestLine): string => `${first?.document.memoryId}:${first?.range[0]}`;
  const told = new Set(others.map(wordsOf));
  return lines.filter((line) => !told.has(wordsOf(line)));
}

function section(
  kind: DigestKind,
  lines: readonly DigestLine[],
): { readonly kind: DigestKind; readonly lines: readonly DigestLine[] } {
  return { kind, lines };
}
