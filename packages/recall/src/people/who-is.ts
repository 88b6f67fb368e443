/**
 * Whom a word means: "Mum", "mother" and "Carla" may be one person.
 *
 * Guarantees: it means who is called exactly so, by a whole name, by words of a name, or by what they are to the person whose world it is;
 * who is merely called alike is not meant. Read from the world of what is open: what only memories above make known does not show.
 */
import { mentionsIn, ME, ME_ID } from "@kaelix/intelligence";
import type { MeantPeople, WorldReading } from "@kaelix/views";

import { peopleOf, type Somebody } from "./people.ts";
import { memoriesAt, memoriesOfSomebody } from "./subjects.ts";

const WORDS_MAX = 4;
/** "My", in languages that ties are read in. */
const POSSESSIVES = [
  ["en", "my"],
  ["de", "meine"],
  ["es", "mi"],
  ["fr", "ma"],
  ["it", "mia"],
  ["pt", "minha"],
] as const;

/** Who is meant; undefined: nobody whom the world knows. */
export function whoIs(reading: WorldReading, value: string): MeantPeople | undefined {
  const wanted = partsOf(value);
  if (wanted.length === 0 || wanted.length > WORDS_MAX) return undefined;
  const ties = tiesCalled(wanted.join(" "));
  const { all, self } = peopleOf(reading);
  const found = all.filter((one) => one.isSure && isMeant(one, wanted, ties));
  const ownNames = [...reading.world.ownerNames, ...self.flatMap(({ aliases, name }) => [name, ...aliases])];
  const isOwner = isOwnerMeant(ownNames, wanted, found.length > 0);
  if (found.length === 0 && !isOwner) return undefined;
  const names = found.flatMap(({ aliases, name }) => [name, ...aliases]);
  const theirs = isOwner ? [...found, ...self] : found;
  const memories = new Set(theirs.flatMap((one) => [...memoriesOfSomebody(reading, one)]));
  if (!isOwner) return { names: [...new Set(names)], memories };
  const own = reading.mentions.get(ME_ID);
  for (const memory of own === undefined ? [] : memoriesAt(reading, own)) memories.add(memory);
  return { names: [...new Set([...names, ...ownNames])], memories, isOwner };
}

/** "me", or a name of the one whose memories these are; words of it, or one word alone, only when it is nobody else's. */
function isOwnerMeant(names: readonly string[], wanted: readonly string[], isAnothers: boolean): boolean {
  if (wanted.join(" ") === "me") return true;
  return names.some((name) => {
    const parts = partsOf(name);
    if (isAnothers) return wanted.length > 1 && parts.join(" ") === wanted.join(" ");
    return wanted.every((word) => parts.includes(word));
  });
}

function isMeant(somebody: Somebody, wanted: readonly string[], ties: ReadonlySet<string>): boolean {
  const { aliases, mentions, name, relation } = somebody;
  if (relation !== null && (relation === wanted.join(" ") || ties.has(relation))) return true;
  if ([name, ...aliases].some((text) => partsOf(text).join(" ") === wanted.join(" "))) return true;
  const names = [name, ...mentions.filter(({ form }) => form === "name").map(({ text }) => text)];
  return names.some((text) => {
    const parts = new Set(partsOf(text));
    return wanted.every((word) => parts.has(word));
  });
}

/** What somebody is who is called so by their child, friend or neighbour: "mum" is a mother. */
function tiesCalled(text: string): ReadonlySet<string> {
  const found = POSSESSIVES.flatMap(([language, my]) => {
    const said = `${my} ${text}`;
    return mentionsIn(said, language)
      .filter(({ end, form }) => form === "tie" && end === said.length)
      .flatMap(({ ties }) =>
        ties.filter(({ owner }) => owner === ME).map(({ concept }) => concept.replaceAll("_", " ")),
      );
  });
  return new Set(found);
}

/** The words of a name, in lower case and without marks. */
function partsOf(text: string): string[] {
  return text
    .toLowerCase()
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "" && word !== "my");
}
