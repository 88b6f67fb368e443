/**
 * Asking after other questions, and what may be asked next.
 *
 * Guarantees: what went before is asked anew, of what is open now: nothing comes out of an earlier answer that could not come out of this
 * one; what is proposed to be asked next has an answer that is not the one shown. It does not: keep anything between two questions.
 */
import type { Answer, AskRequest, Citation } from "../answer.ts";
import { ask } from "../ask.ts";
import { kindShare } from "../question-kind.ts";
import type { RecallSource } from "../source.ts";
import { namedIn } from "./named.ts";
import { type Quoted, understand, type Understood } from "./understand.ts";

/** Most that is proposed, and most names that are tried for it. */
const PROPOSED_MAX = 3;
const NAMES_TRIED = 4;
/** Nobody waits longer for what they did not ask. */
const PROPOSING_MS_MAX = 100;

/** What a question means after others; undefined: what it says. */
export function understandAfter(
  source: RecallSource,
  request: AskRequest,
  before: readonly string[],
): Promise<Understood | undefined> {
  return understand(request.question, {
    questions: before,
    nowMs: source.nowMs(),
    quoted: async () => {
      const last = before.at(-1);
      return last === undefined ? undefined : quotedBy(source, await ask(source, { ...request, question: last }));
    },
  });
}

function quotedBy(source: RecallSource, { citations }: Answer): Quoted | undefined {
  const [first] = citations;
  if (first === undefined) return undefined;
  const { level, owner, speaker } = first;
  const text = bestOf(first);
  const isGerman = source.detectLanguage(first.text) === "de";
  return { text, level, owner, isGerman, ...(speaker === undefined ? {} : { speaker }) };
}

function bestOf({ best, quote, text }: Citation): string {
  return text.slice(best[0] - quote[0], best[1] - quote[0]);
}

const WISHES = [
  { kind: "when", text: "When was that?" },
  { kind: "where", text: "Where was that?" },
  { kind: "who", text: "Who was there?" },
] as const;

/** Questions that lean on this one and have an answer of their own, at most three. */
export async function proposedAfter(
  source: RecallSource,
  request: AskRequest,
  answer: Answer,
): Promise<readonly string[]> {
  if (answer.kind === "nothing") return [];
  const { question } = request;
  // Of somebody else a quotation further down may speak too; it is no answer about them until it is asked for.
  const answered = new Set(answer.citations.slice(0, 1).map(placeOf));
  const shown = new Set(answer.citations.map(placeOf));
  const endMs = source.monotonicMs() + PROPOSING_MS_MAX;
  const proposed: string[] = [];
  // What nobody has asked is not sent out.
  const tried = { ...request, byWords: true };
  const propose = async (text: string, fits: (first: Citation) => boolean): Promise<void> => {
    if (proposed.length >= PROPOSED_MAX || source.monotonicMs() > endMs) return;
    const meant = await understandAfter(source, { ...tried, question: text }, [question]);
    if (meant === undefined) return;
    const [first] = (await ask(source, { ...tried, question: meant.text })).citations;
    if (first === undefined || !fits(first)) return;
    for (const places of [answered, shown]) places.add(placeOf(first));
    proposed.push(text);
  };
  for (const name of othersIn(source, answer, question))
    await propose(`And ${name}?`, (first) => !answered.has(placeOf(first)) && first.text.includes(name));
  for (const { kind, text } of WISHES)
    await propose(text, (first) => !shown.has(placeOf(first)) && kindShare(kind, bestOf(first)) === 1);
  return proposed;
}

function placeOf({ best, memoryId }: Citation): string {
  return `${memoryId} ${best[0]}`;
}

/** People whom an answer names besides those that the question does, where the question is about somebody. */
function othersIn(source: RecallSource, { citations }: Answer, question: string): readonly string[] {
  const asked = namedIn(question).filter(({ kind }) => kind === "person");
  if (asked.length === 0) return [];
  const low = question.toLowerCase();
  const names = citations.flatMap((citation) => {
    const onlyKnown = source.detectLanguage(citation.text) === "de";
    return namedIn(bestOf(citation), { onlyKnown }).filter(({ kind }) => kind === "person");
  });
  const others = names
    .map(({ text }) => text)
    .filter((name) => /^\p{Lu}/u.test(name) && !low.includes(name.toLowerCase()));
  return [...new Set(others)].slice(0, NAMES_TRIED);
}
