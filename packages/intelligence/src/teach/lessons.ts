/**
 * What one person's corrections teach: the levels of their later texts.
 *
 *   moved memories ──► words of each, as numbers ─┐
 *   memories left as they were ──► how usual a word is for this person ─┴─► texts like those moved ──► level, reason
 *
 * Guarantees: it is made of the person's own memories and of nothing else, and holds none of their words; what it says names how many
 * memories it goes by, and the level is one that the person gave to each of them; it raises after one correction of nearly the same text or
 * two alike, and lowers only after three that agree with none against them, never what checked numbers and secrets by shape prove, and
 * never what was found on other grounds than those that the person overruled. It does not: see meaning beyond words that recur.
 */
import { type Classification, type ClassificationReason, type Level, levelName } from "@kaelix/model";

import { classifyByRules } from "../classify/classify-by-rules.ts";
import { provenLevel } from "../classify/proven-level.ts";
import { wordsToLearn } from "./words.ts";

/** A text and the level that its person gave it. */
export interface Correction {
  readonly text: string;
  readonly level: Level;
}

/** What is learnt from. */
export interface Teaching {
  /** Newest first; the first `LESSONS_MAX` count. */
  readonly corrections: readonly Correction[];
  /** Texts of the same person that they left where they were: what is usual for them. */
  readonly ordinary: readonly string[];
}

/** Corrections that count: of older ones there is mostly a newer that says the same. */
export const LESSONS_MAX = 200;
/** How much of what is particular to a moved memory must come back in a text to be like it. */
const LIKE_MIN = 0.33;
/** The same for lowering: being wrong there shows what should be hidden. */
const LIKE_LOWER_MIN = 0.45;
/** One memory alone teaches only what is nearly the same. */
const SAME_MIN = 0.7;
const RAISE_LESSONS = 2;
const LOWER_LESSONS = 3;
/** Where a mistake harms. */
const LOWER_SECRET_LESSONS = 5;
/** So that a person with few memories does not look like one whose every word is particular. */
const ORDINARY_MIN = 30;
/** A word that recurs in what was moved marks the kind; more recurrences than this say no more. */
const RECUR_MAX = 5;
/** A text with many more words than a lesson holds some of its words by chance. */
const LONGER_MAX = 3;
/** How sure a level is by the number of lessons: no more than a person can check. */
const CONFIDENCES = [0.75, 0.8, 0.85, 0.9] as const;

interface Lesson {
  readonly level: Level;
  /** What the rules say of it. */
  readonly ruled: Level;
  readonly words: ReadonlySet<number>;
  /** The grounds on which the rules would put it higher, where the person put it lower. */
  readonly overruled: ReadonlySet<string>;
}

/** The person's own instance. Immutable: what is taught later makes a new one. */
export class Lessons {
  readonly #lessons: readonly Lesson[];
  /** How usual each word of the lessons is among what the person left as it was. */
  readonly #usual = new Map<number, number>();
  readonly #ordinaryCount: number;
  /** By level, in how many of its lessons each word stands. */
  readonly #recurring = new Map<Level, Map<number, number>>();

  constructor({ corrections, ordinary }: Teaching) {
    this.#lessons = corrections.slice(0, LESSONS_MAX).map(lessonOf);
    const known = new Set(this.#lessons.flatMap(({ words }) => [...words]));
    for (const text of ordinary)
      for (const word of wordsToLearn(text))
        if (known.has(word)) this.#usual.set(word, (this.#usual.get(word) ?? 0) + 1);
    for (const { level, words } of this.#lessons) {
      const counts = this.#recurring.get(level) ?? new Map<number, number>();
      this.#recurring.set(level, counts);
      for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    this.#ordinaryCount = Math.max(ordinary.length, ORDINARY_MIN);
  }

  /**
   * What the rules said of a text, adjusted by what its person taught.
   * @param levelMax only what was taught at this level or below counts: above what is open nothing may shine through
   */
  adjust(text: string, judged: Classification, levelMax: Level = 4): Classification {
    if (judged.decidedBy === "person" || this.#lessons.length === 0) return judged;
    const words = wordsToLearn(text);
    if (words.size === 0) return judged;
    const alike = this.#alike(words, levelMax);
    const kept = alike.filter(({ level, ruled }) => level === judged.level && ruled === judged.level);
    return raised(judged, alike, kept.length) ?? lowered(text, judged, alike) ?? judged;
  }

  #alike(words: ReadonlySet<number>, levelMax: Level): readonly (Lesson & { readonly likeness: number })[] {
    return this.#lessons.flatMap((lesson) => {
      if (lesson.level > levelMax) return [];
      const likeness = this.#likeness(lesson, words);
      return likeness >= LIKE_MIN ? [{ ...lesson, likeness }] : [];
    });
  }

  /** The share of what is particular to a lesson that comes back in a text, 0 to 1. */
  #likeness(lesson: Lesson, words: ReadonlySet<number>): number {
    let [shared, all, count, marks] = [0, 0, 0, 0];
    for (const word of lesson.words) {
      const times = Math.min(RECUR_MAX, this.#recurring.get(lesson.level)?.get(word) ?? 1);
      const weight = (this.#particular(word) * (1 + Math.log(times))) ** 2;
      all += weight;
      if (!words.has(word)) continue;
      shared += weight;
      count += 1;
      if (times > 1) marks += 1;
    }
    // One word that is shared once is an accident.
    if (all === 0 || (count < 2 && marks === 0)) return 0;
    const longer = words.size / (LONGER_MAX * Math.max(4, lesson.words.size));
    return shared / all / Math.sqrt(Math.max(1, longer));
  }

  #particular(word: number): number {
    return Math.log((this.#ordinaryCount + 1) / ((this.#usual.get(word) ?? 0) + 0.5));
  }
}

type Alike = readonly (Lesson & { readonly likeness: number })[];

function raised(judged: Classification, alike: Alike, keptCount: number): Classification | undefined {
  const higher = alike.filter(({ level }) => level > judged.level);
  const lessons = mostAlike(higher);
  const [first] = lessons;
  if (first === undefined) return undefined;
  const isEnough = higher.length >= RAISE_LESSONS || first.likeness >= SAME_MIN;
  // Where the person left as many of the kind as they moved, they do not mean the kind.
  if (!isEnough || keptCount >= higher.length) return undefined;
  const kept = judged.reasons.filter((reason) => reason.level > 1);
  return taught(first.level, lessons.length, kept);
}

function lowered(text: string, judged: Classification, alike: Alike): Classification | undefined {
  if (judged.level === 1) return undefined;
  const lower = alike.filter(
    ({ level, likeness, ruled }) => level < judged.level && level < ruled && likeness >= LIKE_LOWER_MIN,
  );
  const isAgainst = alike.some(({ level }) => level >= judged.level);
  const needed = judged.level > 2 ? LOWER_SECRET_LESSONS : LOWER_LESSONS;
  if (lower.length < needed || isAgainst) return undefined;
  // Of levels that the person gave to such texts the highest.
  const level = lower.reduce<Level>((highest, one) => (one.level > highest ? one.level : highest), 1);
  const grounds = judged.reasons.filter((reason) => reason.level > level);
  const isOverruled = (reason: ClassificationReason): boolean =>
    lower.some(({ overruled }) => overruled.has(reason.rule));
  if (!grounds.every(isOverruled) || provenLevel(text) > level) return undefined;
  const kept = judged.reasons.filter((reason) => reason.level > 1 && reason.level <= level);
  return taught(level, lower.filter((one) => one.level === level).length, kept);
}

/** Those of the level with the most likeness, the likest first; of two levels with as much the higher. */
function mostAlike(alike: Alike): Alike {
  const byLevel = [...Map.groupBy(alike, ({ level }) => level)].map(([level, lessons]) => ({
    level,
    lessons: lessons.toSorted((left, right) => right.likeness - left.likeness),
    sum: lessons.reduce((total, { likeness }) => total + likeness, 0),
  }));
  const [best] = byLevel.toSorted((left, right) => right.sum - left.sum || right.level - left.level);
  return best?.lessons ?? [];
}

/** The rule of what was taught: tells it from all others. */
const TAUGHT = "taught";

function taught(level: Level, count: number, kept: readonly ClassificationReason[]): Classification {
  const memories = count === 1 ? "a memory" : `${count} memories`;
  const reason = { rule: TAUGHT, level, text: `Because you put ${memories} like this at ${levelName(level)}` };
  const confidence = CONFIDENCES[Math.min(count, CONFIDENCES.length) - 1] ?? 0.5;
  return { level, confidence, decidedBy: "rule", reasons: [reason, ...kept] };
}

/** True when a level stands on what its person taught. */
export function wasTaught(reasons: readonly ClassificationReason[]): boolean {
  return reasons.some(({ rule }) => rule === TAUGHT);
}

function lessonOf({ level, text }: Correction): Lesson {
  const { level: ruled, reasons } = classifyByRules(text);
  const overruled = new Set(reasons.filter((reason) => reason.level > level).map(({ rule }) => rule));
  return { level, ruled, words: wordsToLearn(text), overruled };
}
