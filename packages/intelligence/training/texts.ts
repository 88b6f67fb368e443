/** The labelled texts that may be learnt from. Held-out halves and `personas.jsonl` are never read here. */
import { readdirSync, readFileSync } from "node:fs";
import { fixtureHalf } from "../src/classify/fixture-halves.ts";

/** One labelled text. */
export interface LearntText {
  readonly id: string;
  readonly text: string;
  readonly level: 1 | 2 | 3 | 4;
  readonly share: number;
  /** Written without the rules in view: what is measured on these is what a stranger will see. */
  readonly isFresh: boolean;
}

const FIXTURES = new URL("../fixtures/", import.meta.url);
/** Sentences about boats and pets are all general and many: at full share they would teach that hardly anything is secret. */
const SHARES: Readonly<Record<string, number>> = { "everyday-practice.jsonl": 0.6, "levels.jsonl": 0.5 };
const HALVED: readonly string[] = ["levels.jsonl", "strangers.jsonl", "ordinary.jsonl"];

function readTexts(name: string): LearntText[] {
  const lines = readFileSync(new URL(name, FIXTURES), "utf8").trim().split("\n");
  // Every line of the fixtures is written in this form.
  const all = lines.map((line) => JSON.parse(line) as Pick<LearntText, "id" | "text" | "level">);
  const isFresh = name.startsWith("practice-");
  return all.map(({ id, text, level }) => ({ id, text, level, share: SHARES[name] ?? 1, isFresh }));
}

/** Every text that may be learnt from, in the order of the files' names. */
export function learntTexts(): LearntText[] {
  const practice = readdirSync(FIXTURES).filter((name) => /practice.*\.jsonl$/.test(name));
  const halves = HALVED.flatMap((name) => readTexts(name).filter((one) => fixtureHalf(one.id) === "development"));
  return [...practice.sort().flatMap(readTexts), ...halves];
}
