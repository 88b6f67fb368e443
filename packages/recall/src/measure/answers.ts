/**
 * Quoted answers on a data set: is the gold answer contained in what an answer quotes?
 *
 * The rule, the same for every question:
 * - What is looked through is what the person is shown: the quoted words, the speaker and caption shown beside them, and the days shown
 *   beside them. The rest of a cited memory does not count.
 * - Both sides are lower case without punctuation, articles and other words of grammar, numbers as digits ("two" is 2, "5th" is 5),
 *   and stemmed; of a gold answer made of grammar alone ("yes") every word stays.
 * - `contained`: every word of the gold answer that is left is there. `words`: the mean share of them that is.
 * - A gold answer that is a date ("4 March 2021", "the week before 17 March 2021", "March 2021", "since 2012") is also contained when a shown
 *   date lies within it and is no longer than it, or for a week or weekend overlaps it: the resolved date of "yesterday" counts, since it
 *   is shown. The day a memory was told counts only where it is shown beside the quotation and no relative date is.
 * - An answer `nothing` contains nothing.
 * - Nothing is fitted here. What ask was fitted with (evidence.ts: four weights) saw whether a question was asked in its own conversation,
 *   never its gold answer; how many quotations there are was chosen with all five conversations in view.
 * `ceiling` is the same figure for an answer that quotes all gold evidence in full: many gold answers are worded by an annotator and are
 * not in any text.
 */
import { seededRandom } from "@kaelix/base";
import { idFromBytes } from "@kaelix/model";
import { type DetectLanguage, findTimes, formatSpan, type TimeSpan, type UserIndex } from "@kaelix/views";

import { DAY_MS } from "../digest/calendar.ts";
import type { Answer, AskRequest } from "../answer.ts";
import { ask } from "../ask.ts";
import { type Shown, shareHeld } from "./contained.ts";
import type { MeaningOf } from "./harness.ts";
import type { Conversation, Question, Turn } from "./locomo.ts";
import { type MeasuredRow, mean } from "./metrics.ts";
import { rename, sourceOf, speakersOf } from "./sources.ts";

/** What one question was answered with. */
export interface Answered {
  readonly conversation: string;
  readonly question: Question;
  readonly answer: Answer;
  /** Share of the gold answer's words that the answer shows, 0 to 1. */
  readonly held: number;
  /** The same for all gold evidence quoted in full. */
  readonly ceiling: number;
  /** How often as many turns of the conversation as were cited, taken by chance, contain it: what length alone holds. */
  readonly byChance: number;
  /** True when a cited memory is gold evidence. */
  readonly citesEvidence: boolean;
}

/** One draw for each question is too few: the figure would move by points from run to run. */
const CHANCE_DRAWS = 5;
const USER = idFromBytes("usr", new Uint8Array(16));

/** How questions are asked. */
export interface AnswerOptions {
  /** Default: English. */
  readonly detectLanguage?: DetectLanguage;
  /** Other weights than those shipped, by conversation. */
  readonly weightsOf?: (conversation: number) => NonNullable<AskRequest["weights"]>;
  /** What questions mean, for indexes with vectors; absent: answers go by words. */
  readonly meaningOf?: MeaningOf;
}

/** Asks every question of every conversation that has a gold answer, and those that have none by design (adversarial). */
export async function answerAll(
  conversations: readonly Conversation[],
  indexes: readonly UserIndex[],
  options: AnswerOptions = {},
): Promise<Answered[]> {
  const answered: Answered[] = [];
  for (const [at, conversation] of conversations.entries()) {
    const index = indexes[at];
    if (index === undefined) continue;
    const source = sourceOf(index, options.detectLanguage, options.meaningOf);
    const turns = new Map(conversation.turns.map((turn) => [turn.id, turn]));
    const random = seededRandom(at);
    const weights = options.weightsOf === undefined ? {} : { weights: options.weightsOf(at) };
    for (const question of conversation.questions) {
      const answer = await ask(source, { userId: USER, ceiling: 2, question: question.text, ...weights });
      const evidence = question.evidence.flatMap((id) => turns.get(id) ?? []);
      answered.push({
        conversation: conversation.id,
        question,
        answer,
        held: shareHeld(question.answer, shownBy(answer)),
        ceiling: shareHeld(question.answer, shownByTurns(evidence)),
        byChance: mean(
          Array.from({ length: CHANCE_DRAWS }, () => {
            const drawn = pick(conversation.turns, answer.citations.length, random);
            return shareHeld(question.answer, shownByTurns(drawn)) === 1 ? 1 : 0;
          }),
        ),
        citesEvidence: answer.citations.some(({ memoryId }) => question.evidence.includes(memoryId)),
      });
    }
  }
  return answered;
}

function pick(turns: readonly Turn[], count: number, random: ReturnType<typeof seededRandom>): Turn[] {
  return Array.from({ length: count }, () => turns[random.integer(turns.length)]).filter((turn) => turn !== undefined);
}

/**
 * How many questions get an answer from the next conversation, in percent: once as they are, and once with the names of those who speak
 * exchanged, which leaves only the matter to tell by. Nothing there answers them but by accident.
 */
export async function strangerRows(
  conversations: readonly Conversation[],
  indexes: readonly UserIndex[],
  { meaningOf, weightsOf }: Omit<AnswerOptions, "detectLanguage"> = {},
): Promise<MeasuredRow[]> {
  const given = { asked: 0, plain: 0, renamed: 0 };
  for (const [at, conversation] of conversations.entries()) {
    const next = (at + 1) % conversations.length;
    const [index, other] = [indexes[next], conversations[next]];
    if (index === undefined || other === undefined || next === at) continue;
    const source = sourceOf(index, undefined, meaningOf);
    const weights = weightsOf === undefined ? {} : { weights: weightsOf(at) };
    const isGiven = async (question: string): Promise<number> =>
      (await ask(source, { userId: USER, ceiling: 2, question, ...weights })).kind === "quoted" ? 1 : 0;
    for (const { text, category } of conversation.questions) {
      if (category === "adversarial") continue;
      given.asked += 1;
      given.plain += await isGiven(text);
      given.renamed += await isGiven(rename(text, speakersOf(conversation), speakersOf(other)));
    }
  }
  if (given.asked === 0) return [];
  return [
    { name: "answer given/stranger's conversation", value: (100 * given.plain) / given.asked, unit: "%" },
    { name: "answer given/stranger's, names exchanged", value: (100 * given.renamed) / given.asked, unit: "%" },
  ];
}

function shownBy(answer: Answer): Shown {
  if (answer.kind === "nothing") return { text: "", spans: [] };
  const text = answer.sentences.map((sentence) => sentence.text).join("\n");
  // Days as they stand on the page: those beside a quotation, and those that its words name in full.
  const spans = answer.citations.flatMap((citation): readonly TimeSpan[] => {
    if (citation.times.length > 0) return citation.times;
    const absolute = findTimes(citation.text, { atMs: citation.occurredAtMs });
    if (absolute.length > 0) return absolute;
    const day = daySpan(citation.occurredAtMs);
    return text.includes(formatSpan(day)) ? [day] : [];
  });
  return { text, spans };
}

/** Turns as if quoted in full: the most that quoting could hold. */
function shownByTurns(turns: readonly Turn[]): Shown {
  const spans = turns.flatMap(({ text, occurredAtMs }) => {
    const dayMs = Math.floor(occurredAtMs / DAY_MS) * DAY_MS;
    const times: { fromMs: number; toMs: number }[] = findTimes(text, { atMs: occurredAtMs });
    return times.length > 0 ? times : [{ fromMs: dayMs, toMs: dayMs + DAY_MS }];
  });
  return {
    text: turns.map(({ speaker, text, caption }) => `${speaker ?? ""}: ${text} ${caption ?? ""}`).join("\n"),
    spans,
  };
}

function daySpan(atMs: number): TimeSpan {
  const fromMs = Math.floor(atMs / DAY_MS) * DAY_MS;
  return { fromMs, toMs: fromMs + DAY_MS, precision: "day" };
}

/** The rows of a run, by category. */
export function answerRows(answered: readonly Answered[]): MeasuredRow[] {
  const rows: MeasuredRow[] = [];
  const percent = (name: string, some: readonly Answered[], figure: (one: Answered) => number): void => {
    rows.push({ name: `answer ${name}`, value: 100 * mean(some.map(figure)), unit: "%" });
  };
  const byCategory = Map.groupBy(answered, ({ question }) => question.category);
  const asked = [...(byCategory.get("single-hop") ?? []), ...(byCategory.get("temporal") ?? [])];
  if (asked.length > 0) {
    const value = 100 * mean(asked.map(({ held }) => (held === 1 ? 1 : 0)));
    rows.push({ name: "answer contained", value, unit: "%", target: 75, reached: value >= 75 });
    percent("contained, ceiling", asked, ({ ceiling }) => (ceiling === 1 ? 1 : 0));
    percent("contained, by chance", asked, ({ byChance }) => byChance);
  }
  for (const [category, some] of [...byCategory].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const gold = some.filter(({ question }) => question.answer !== "");
    if (category !== "adversarial" && gold.length > 0) {
      percent(`contained/${category}`, gold, ({ held }) => (held === 1 ? 1 : 0));
      percent(`words/${category}`, gold, ({ held }) => held);
      percent(`contained, ceiling/${category}`, gold, ({ ceiling }) => (ceiling === 1 ? 1 : 0));
      percent(`words, ceiling/${category}`, gold, ({ ceiling }) => ceiling);
    }
    if (category !== "adversarial") {
      percent(`cites evidence/${category}`, some, ({ citesEvidence }) => (citesEvidence ? 1 : 0));
    }
    percent(`given/${category}`, some, ({ answer }) => (answer.kind === "quoted" ? 1 : 0));
  }
  const quoted = answered.filter(({ answer }) => answer.kind === "quoted");
  const words = quoted.map(
    ({ answer }) =>
      answer.sentences
        .map(({ text }) => text)
        .join(" ")
        .split(/\s+/).length,
  );
  rows.push({ name: "answer length, mean", value: mean(words), unit: "words" });
  return rows;
}
