/**
 * When a name is that of the person whose world it is.
 *
 * Others call them by their first name, and mean them, unless somebody else of that name is known; the person themself says a first name of
 * another, and of themself only a whole name or "I'm Tom". A name that is explained ("my uncle Tom", "Tom from work") is somebody else's.
 * It does not: take a last name alone for them, which their family bears too.
 */
import { isShortFor } from "../extract/compile-lexicon.ts";
import type { Extraction, Mention } from "../extract/extraction.ts";
import { foldWord } from "../extract/fold-word.ts";
import { entitiesCalled } from "./entities.ts";
import { type Entity, ME_ID, type World } from "./world.ts";

/** True of who speaks when they are called as the person is and nobody else is. */
export function isOwnerSpeaking(world: World, speaker: string): boolean {
  const name = foldWord(speaker).trim();
  return world.ownerNames.includes(name) && namesakes(world, name).length === 0;
}

/** Whether a mention by name is the person whose world it is. */
export function isOwner(world: World, extraction: Extraction, { qualifier, ties, use, value }: Mention): boolean {
  if (world.ownerNames.length === 0 || use === "explained" || ties.length > 0 || qualifier !== undefined) return false;
  const isWhole = value.includes(" ") && world.ownerNames.includes(value);
  const isFirst = !value.includes(" ") && firstNames(world).includes(value);
  if (extraction.isHeard !== true) return isWhole || (use === "own" && isFirst);
  const isSpokenTo = use === "spoken-to";
  if (!isWhole && !isFirst && !(isSpokenTo && isShortFirst(world, value))) return false;
  const others = namesakes(world, value);
  return others.length === 0 || (isSpokenTo && others.every((entity) => entity.speaks !== true));
}

function firstNames({ ownerNames }: World): readonly string[] {
  return ownerNames.map((name) => name.split(" ")[0] ?? name);
}

/** Dec for Declan. */
function isShortFirst(world: World, value: string): boolean {
  return value.length > 1 && firstNames(world).some((first) => isShortFor(value, first));
}

/** Others who are called so, or who write under a longer name that begins so. */
function namesakes(world: World, value: string): readonly Entity[] {
  const called = entitiesCalled(world, value, "person").filter(({ id }) => id !== ME_ID);
  if (called.length > 0 || value.includes(" ")) return called;
  const isLonger = (name: string): boolean => name.startsWith(`${value} `);
  return [...world.entities.values()].filter(
    ({ id, names, speaks, type }) =>
      type === "person" && id !== ME_ID && speaks === true && [...names.keys()].some(isLonger),
  );
}

/** How a name is used in a text, as far as the words beside it say. */
export function useOfName(text: string, { end, start, ties }: Pick<Mention, "end" | "start" | "ties">): Mention["use"] {
  if (ties.length > 0) return "explained";
  const before = text.slice(Math.max(0, start - AROUND_LENGTH), start);
  const after = text.slice(end, end + AROUND_LENGTH);
  if (OWN_BEFORE.test(before) && !/^\s*['’]s\b/u.test(after)) return "own";
  const ahead = before.trimEnd();
  const opens = /(?:^|[.!?…])$/u.test(ahead) || before.includes("\n", ahead.length);
  const closes = /^\s*(?:$|[.!?…\n])/u.test(after);
  const isCalled = before.endsWith("@") || CALL_BEFORE.test(before);
  const isSpokenTo = isCalled || (opens && CALL_AFTER.test(after)) || (closes && /,\s*$/u.test(before));
  return isSpokenTo ? "spoken-to" : undefined;
}

const AROUND_LENGTH = 40;
const OWN_BEFORE =
  /\b(?:i['’]?m|i am|my name is|call me|ich bin|ich hei(?:ß|ss)e|mein name ist|je suis|je m['’]appelle|(?:yo )?soy|me llamo|(?:io )?sono|mi chiamo|(?:eu )?sou|me chamo|chamo-me|(?:ben|benim adım)|mera naam)\s+$/iu;
const CALL_BEFORE =
  /(?:^|[\s,.!?])(?:hi|hey|hello|dear|wow|oh|aw+|ah+|haha+|lol|omg|yes|yeah|yep|no|nope|nice|great|sure|exactly|absolutely|totally|true|right|thanks|thank you|thx|ty|cheers|sorry|please|ok|okay|congrats|congratulations|well done|happy birthday|good (?:morning|night|luck)|hallo|moin|liebe[rs]?|danke|bitte|merci|salut|bonjour|ch(?:er|ère)|hola|gracias|querid[oa]|ciao|grazie|car[oa]|olá|oi|obrigad[oa]|selam|merhaba|teşekkürler|namaste)[ ,!]*$/iu;
const CALL_AFTER =
  /^(?:\s*[,:!?]|\s+(?:(?:can|could|will|would|do|did|are|were|have|should|shall)\s+(?:you|u|ya)\b|(?:please|pls|plz)\b|(?:kannst|könntest|hast|bist|willst|machst)\s+du\b))/iu;
