/** The labelled texts that may be learnt from. Held-out halves and `personas.jsonl` are never read here. */
import { readdirSync, readFileSync } from "node:fs";
import { fixtureHalf } from "../src/classify/fixture-halves.ts";
import { framedTexts } from "./frames.ts";

/** One labelled text. */
export interface LearntText {
  readonly id: string;
  readonly text: string;
  readonly level: 1 | 2 | 3 | 4;
  readonly share: number;
  /** True for texts as people write them; the others were written to be hard. */
  readonly isAsMet: boolean;
  /** Texts written at one sitting in one manner: what is measured on one family is learnt from the others alone. */
  readonly family: string;
}

const FIXTURES = new URL("../fixtures/", import.meta.url);
/** Sentences about boats and pets are all general and many: at full share they would teach that hardly anything is secret. */
const SHARES: Readonly<Record<string, number>> = { "everyday-practice.jsonl": 0.6, "levels.jsonl": 0.5 };
/** Nor do plain numbers, as many as they are, say much of anything else. */
const NUMBERS_SHARE = 0.5;
const AS_MET: readonly string[] = ["levels.jsonl", "strangers.jsonl", "newcomers.jsonl", "practice.jsonl"];
const HALVED: readonly string[] = ["levels.jsonl", "strangers.jsonl", "newcomers.jsonl", "ordinary.jsonl"];

/** What the files of sentences with choices begin with, when they were written at a sitting of their own. */
const SITTINGS: readonly string[] = ["chat", "numbers"];

/** The family of a file: files that share out one sitting by level or by register count as one. */
function familyOf(name: string): string {
  if (/^practice-registers-(?:[7-9]|10)|^everyday|^ordinary/.test(name)) return "everyday";
  if (/^practice-registers-[12]\./.test(name)) return "registers-1";
  return name.replace(/-\d\.jsonl$|\.jsonl$/, (end) => (name.startsWith("practice-english") ? "" : end.slice(0, -6)));
}

function readTexts(name: string): LearntText[] {
  const lines = readFileSync(new URL(name, FIXTURES), "utf8").trim().split("\n");
  // Every line of the fixtures is written in this form.
  const all = lines.map((line) => JSON.parse(line) as Pick<LearntText, "id" | "text" | "level">);
  const isAsMet = AS_MET.includes(name);
  return all.map(({ id, text, level }) => ({
    id,
    text,
    level,
    share: SHARES[name] ?? 1,
    isAsMet,
    family: familyOf(name),
  }));
}

/** Every text that may be learnt from: the files in the order of their names, then what sentences with choices say. */
export function learntTexts(): LearntText[] {
  const practice = readdirSync(FIXTURES).filter((name) => /practice.*\.jsonl$/.test(name));
  const halves = HALVED.flatMap((name) => readTexts(name).filter((one) => fixtureHalf(one.id) === "development"));
  const framed = framedTexts().map((one) => {
    const family = SITTINGS.find((sitting) => one.id.startsWith(`${sitting}-`)) ?? "frames";
    const share = one.share * (family === "numbers" ? NUMBERS_SHARE : 1);
    return { ...one, share, isAsMet: false, family };
  });
  return [...practice.sort().flatMap(readTexts), ...halves, ...framed];
}
