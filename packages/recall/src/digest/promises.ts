/**
 * What was promised in the last weeks and is not known to be done.
 *
 * A promise counts as kept when a later memory of the same conversation, or any note of the person's own, tells of something done and
 * shares a telling word with it. Nothing is closed by the passing of its day alone: then it is overdue, and says so by its day.
 */
import { findTimes, termsOf } from "@kaelix/views";

import { splitSentences } from "../sentences.ts";
import { DAY_MS, formatDay } from "./calendar.ts";
import { commitmentOf, tellsDone } from "./commitments.ts";
import type { DigestLine } from "./digest.ts";
import type { DigestPages } from "./pages.ts";

const BACK_DAYS = 45;
const SENTENCES_MAX = 40;
const LENGTH_MAX = 4_096;
const TERM_LENGTH_MIN = 4;

/** A memory that tells of something done. */
interface Done {
  readonly doc: number;
  readonly document: NonNullable<ReturnType<DigestPages["document"]>>;
  readonly terms: readonly string[];
}

interface Promised {
  readonly doc: number;
  readonly text: string;
  readonly range: readonly [number, number];
  readonly due: number | undefined;
}

/** A line per promise: overdue and due ones by their day, then the others, the newest first. */
export function openPromises(pages: DigestPages): readonly DigestLine[] {
  const docs = pages.between(pages.day - BACK_DAYS, pages.day);
  const done = docs.flatMap((doc) => doneOf(pages, doc));
  const open = docs.flatMap((doc) => promisesOf(pages, doc)).filter((promised) => !isKept(pages, promised, done));
  return open
    .toSorted((left, right) => (left.due ?? Infinity) - (right.due ?? Infinity) || right.doc - left.doc)
    .flatMap(({ doc, due, range, text }): DigestLine[] => {
      const document = pages.document(doc);
      if (document === undefined) return [];
      const day = due === undefined ? {} : { day: formatDay(due) };
      const key = `promises:${document.memoryId}:${range[0]}`;
      return [{ key, text, ...day, evidence: pages.evidence(doc, range) }];
    });
}

function promisesOf(pages: DigestPages, doc: number): readonly Promised[] {
  const text = pages.document(doc)?.text.slice(0, LENGTH_MAX) ?? "";
  const found: Promised[] = [];
  for (const sentence of splitSentences(text).slice(0, SENTENCES_MAX)) {
    const kind = commitmentOf(sentence.text);
    if (kind === undefined) continue;
    const due = dueOf(pages, doc, sentence.text);
    if (kind === "duty" && due === undefined) continue;
    found.push({ doc, text: sentence.text, range: [sentence.start, sentence.end], due });
  }
  return found;
}

function dueOf(pages: DigestPages, doc: number, text: string): number | undefined {
  const said = pages.dayOf(doc);
  const times = findTimes(text, { atMs: said * DAY_MS, language: pages.languageOf(doc) });
  const [due] = times.filter(({ fromMs, precision }) => precision === "day" && fromMs >= said * DAY_MS);
  return due === undefined ? undefined : due.fromMs / DAY_MS;
}

function doneOf(pages: DigestPages, doc: number): readonly Done[] {
  const document = pages.document(doc);
  if (document === undefined || !tellsDone(document.text)) return [];
  return [{ doc, document, terms: tellingTerms(document.text, pages.languageOf(doc)) }];
}

function isKept(pages: DigestPages, promised: Promised, done: readonly Done[]): boolean {
  const document = pages.document(promised.doc);
  if (document === undefined) return true;
  const terms = new Set(tellingTerms(promised.text, pages.languageOf(promised.doc)));
  return done.some(({ doc, document: other, terms: told }) => {
    if (doc === promised.doc || other.occurredAtMs < document.occurredAtMs) return false;
    const isNear = other.conversationId === document.conversationId || other.speaker === undefined;
    return isNear && told.some((term) => terms.has(term));
  });
}

function tellingTerms(text: string, language: string): readonly string[] {
  return termsOf(text, language)
    .filter((term) => !term.isStop && term.text.length >= TERM_LENGTH_MIN)
    .map((term) => term.term);
}
