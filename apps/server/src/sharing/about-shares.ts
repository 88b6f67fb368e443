/**
 * Shares about somebody or something: which memories they open now.
 *
 * Guarantees: what a grant opens rests on the subject that it names and on nothing else, so that `decide` and every list ask the same; a
 * subject in another form than `subjectText` writes opens nothing, and so does a memory whose version is not the one that was read.
 */
import { type MemoryId, parseId, type UserId } from "@kaelix/model";
import type { AboutSet, SubjectId, SubjectLevel, Subjects } from "@kaelix/recall";
import type { GrantRow } from "@kaelix/security";

/** Subject of a grant → what is about it now. */
export type AboutSets = ReadonlyMap<string, AboutSet>;

/** A subject as a grant holds it: the level it was given up to, and ids of mentions. No words. */
export function subjectText(level: SubjectLevel, ids: readonly SubjectId[]): string {
  return [level, ...ids].join(" ");
}

/** Reads what `subjectText` wrote; undefined when it is of another form. */
export function parseSubject(
  text: string,
): { readonly level: SubjectLevel; readonly ids: readonly SubjectId[] } | undefined {
  const [head, ...words] = text.split(" ");
  const level = head === "1" ? 1 : head === "2" ? 2 : undefined;
  const ids = words.flatMap((word): SubjectId[] => {
    const id = parseId("per", word) ?? parseId("ent", word);
    return id === undefined ? [] : [id];
  });
  return level === undefined || ids.length === 0 || ids.length < words.length ? undefined : { level, ids };
}

/** What is about the subjects that any of the grants names. */
export async function aboutSets(subjects: Pick<Subjects, "about">, grants: readonly GrantRow[]): Promise<AboutSets> {
  const sets = new Map<string, AboutSet>();
  for (const { from, what } of grants) {
    if (what.type !== "about" || sets.has(what.subject)) continue;
    const set = await aboutSet(subjects, from, what.subject);
    if (set !== undefined) sets.set(what.subject, set);
  }
  return sets;
}

/**
 * What is about one subject; undefined when the text is of another form, and when its owner's world cannot be read: then it opens nothing,
 * for what is one's own must not be away because somebody else's is.
 */
export async function aboutSet(
  subjects: Pick<Subjects, "about">,
  owner: UserId,
  subject: string,
): Promise<AboutSet | undefined> {
  const parsed = parseSubject(subject);
  return parsed && subjects.about(owner, parsed.ids, parsed.level).catch(() => undefined);
}

/** The subjects that a memory is about. */
export function subjectsOf(
  sets: AboutSets,
  { memoryId, version }: { readonly memoryId: MemoryId; readonly version: number },
): string[] {
  return [...sets].filter(([, { memories }]) => memories.get(memoryId) === version).map(([subject]) => subject);
}
