/**
 * People who are not called by name: kin, roles and pronouns, and what ties them to names beside them ("my sister Ana", "Ana, my sister",
 * "my manager is Odette", "Gupta aunty", "Carla in payroll").
 */
import { ME } from "./extraction.ts";
import {
  addDraft,
  conceptAt,
  type Draft,
  draftAt,
  isIn,
  lowAt,
  type Reading,
  sameClause,
  sameSentence,
} from "./reading.ts";
import { conceptOf } from "./compile-lexicon.ts";

/** Words that are kin only with a possessive: the girl, Frau, mujer. */
const NEEDS_POSSESSIVE = new Set(
  "girl boy lad kid child partner twin girlfriend boyfriend gf bf son ma pa pop frau mann partnerin mujer novia novio fille femme fils mari copine copain ragazza ragazzo mulher niece sister brother daughter wife husband child toddler mate pal friend freund freundin amigo amiga ami amie amico amica colleague kollege kollegin collegue collega colega moglie marito figlia figlio hija hijo filho filha twins mama mana mano sohn tochter bruder schwester ela kit meme pepe capo prof doctor gp dentist nanny lola nana dada tai".split(
    " ",
  ),
);
/** Of these, the ones that are said bare in a diary when the sentence begins with them. */
const BARE_AT_OPENING = new Set(
  "schwester bruder tochter sohn sister brother wife husband daughter son sis bro boss landlord prof capo".split(" "),
);
const SHE_KIN = /^(?:mother|grandmother|sister|daughter|wife|aunt|niece|mother_in_law|sister_in_law|stepmother)$/;
const HE_KIN = /^(?:father|grandfather|brother|son|husband|uncle|nephew|father_in_law|brother_in_law|stepfather)$/;
const IS_WORDS = new Set("is ist es est e called named heisst llama the der die el il o le =".split(" "));
const ADJECTIVE_REACH = 2;

/** Finds people said by kin, role or pronoun. */
export function findPeople(reading: Reading): void {
  for (const [at, token] of reading.tokens.entries()) {
    const { words } = reading;
    const kin = kinAt(reading, at);
    const role = kin === undefined ? conceptAt(reading, at, words.roles) : undefined;
    if (kin !== undefined || role !== undefined) {
      if (words.isSuffixing ? isTurkishTie(token.low) : true) addTie(reading, at, { kin, role });
      continue;
    }
    const isPossessivePronoun = words.hisPossessive.has(token.low) || words.herPossessive.has(token.low);
    const isHe = words.he.has(token.low) || (isPossessivePronoun && words.hisPossessive.has(token.low));
    const isShe = words.she.has(token.low) || (isPossessivePronoun && words.herPossessive.has(token.low));
    if (!isHe && !isShe) continue;
    if (words.language === "es" && words.he.has(token.low) && token.text !== "él") continue;
    const isNeutral = words.herPossessive.size === 0 && isPossessivePronoun;
    addDraft(
      reading,
      { first: at, last: at },
      {
        kind: "person",
        form: "pronoun",
        value: isPossessivePronoun ? "possessive" : "subject",
        confidence: 0.5,
        ...(isNeutral ? {} : { sex: isHe ? ("he" as const) : ("she" as const) }),
      },
    );
  }
}

const OTHER_HALF = new Set("half better-half".split(" "));

/** Kin by word, or by words: sister in law, other half. */
function kinAt(reading: Reading, at: number): string | undefined {
  const { words } = reading;
  const kin = conceptAt(reading, at, words.kin);
  if (kin !== undefined && lowAt(reading, at + 1) === "in" && lowAt(reading, at + 2) === "law") return `${kin}_in_law`;
  if (kin === undefined && OTHER_HALF.has(lowAt(reading, at)) && /^(?:other|better)$/.test(lowAt(reading, at - 1)))
    return "partner";
  return kin;
}

/** annem, kardeşime, ablam: the ending says whose; a bare stem is a title or somebody else's. */
function isTurkishTie(low: string): boolean {
  return (
    /(?:m|im|um|miz|muz|imiz|umuz|si|su|i|u|n)(?:in|nin|un|nun|e|a|ye|ya|i|u|de|da|den|dan|le|la)?$/.test(low) ||
    low.length <= 5
  );
}

interface Concepts {
  readonly kin: string | undefined;
  readonly role: string | undefined;
}

function addTie(reading: Reading, at: number, { kin, role }: Concepts): void {
  const token = reading.tokens[at];
  const concept = kin ?? role;
  if (token === undefined || concept === undefined || draftAt(reading, at, "person") >= 0) return;
  const owner = ownerOf(reading, at);
  const tie = (whose: number) => ({
    type: kin === undefined ? ("role" as const) : ("kin" as const),
    concept,
    owner: whose,
  });
  const named = nameBeside(reading, at, owner !== undefined);
  const sex = sexOfConcept(concept, token.low, reading.words.language);
  if (named !== undefined) {
    const draft = reading.drafts[named];
    if (draft === undefined) return;
    const isOnlyTitle =
      /^(?:aunty|uncle|bhai|auntie)$/.test(token.low) &&
      reading.words.language === "hi" &&
      owner === undefined &&
      draft.first < at;
    const isForeign = kin !== undefined && owner === undefined && draft.first < at && reading.words.language === "tr";
    const isTheirs = kin === undefined && owner === undefined && isArticled(reading, at);
    if (!isOnlyTitle && !isForeign && !isTheirs) draft.ties = [...draft.ties, tie(owner ?? ME)];
    if (sex !== undefined) draft.sex ??= sex;
    draft.aliases = [
      ...draft.aliases,
      token.text,
      reading.text.slice(Math.min(draft.start, token.start), Math.max(draft.end, token.end)),
    ];
    draft.confidence = 0.95;
    if (sameClause(reading, draft.first, at)) {
      draft.first = Math.min(draft.first, at);
      draft.last = Math.max(draft.last, at);
    }
    return;
  }
  const same = owner === ME ? tieInBrackets(reading, at) : undefined;
  if (same !== undefined) {
    same.ties = [...same.ties, tie(ME)];
    same.aliases = [...same.aliases, token.text];
    return;
  }
  if (owner === undefined && !mayStandBare(reading, at, kin)) return;
  const before = lowAt(reading, at - 1);
  const first = reading.words.myPossessive.has(before) || reading.words.definite.has(before) ? at - 1 : at;
  addDraft(
    reading,
    { first, last: at },
    {
      kind: "person",
      form: "tie",
      value: token.low,
      ties: [tie(owner ?? ME)],
      aliases: [token.text],
      confidence: owner === undefined ? 0.7 : 0.9,
      ...(sex === undefined ? {} : { sex }),
    },
  );
}

function sexOfConcept(concept: string, low: string, language: string): "he" | "she" | undefined {
  if (SHE_KIN.test(concept)) return "she";
  if (HE_KIN.test(concept)) return low.startsWith("kardes") ? undefined : "he";
  if (/^(?:es|it|pt)$/.test(language) && low.endsWith("a")) return "she";
  if (language === "de" && /(?:in|frau)$/.test(low)) return "she";
  if (/^(?:landlady|girlfriend|fiancee|goddaughter|granddaughter|voisine|copine|amie|patronne|cousine)$/.test(low))
    return "she";
  return undefined;
}

/** Whose: `ME`, a mention's index, or undefined when nothing says so. */
function ownerOf(reading: Reading, at: number): number | undefined {
  const { words } = reading;
  if (words.isSuffixing && /(?:m|im|um|miz|muz)(?:in|un|e|a|i|u|de|da|den|dan|le|la)?$/.test(lowAt(reading, at)))
    return ME;
  for (let back = 1; back <= ADJECTIVE_REACH + 1; back += 1) {
    const place = at - back;
    const token = reading.tokens[place];
    if (token === undefined || !sameClause(reading, place, at)) return undefined;
    if (words.myPossessive.has(token.low)) return ME;
    if (token.isPossessive || (words.isSuffixing && /^n?[iu]n$/.test(token.ending))) return ownerDraft(reading, place);
    if (words.isSuffixing && /(?:nin|nun|in|un)$/.test(token.low) && draftAt(reading, place, "person") >= 0)
      return draftAt(reading, place, "person");
    if (words.hisPossessive.has(token.low) || words.herPossessive.has(token.low))
      return draftAt(reading, place, "person");
    if (words.language === "hi" && /^(?:ka|ki|ke)$/.test(token.low)) {
      const draft = draftAt(reading, place - 1);
      if (draft >= 0 || reading.tokens[place - 1] === undefined) return draft >= 0 ? draft : undefined;
      return draftAt(reading, place - 2, "person") >= 0 ? draftAt(reading, place - 2, "person") : undefined;
    }
    if ((words.definite.has(token.low) || /^(?:other|better)$/.test(token.low)) && back === 1) continue;
    if (words.indefinite.has(token.low) || (words.small.has(token.low) && !words.definite.has(token.low)))
      return ofOwner(reading, at);
  }
  return ofOwner(reading, at);
}

/** la madre de Ana, die Mutter von Ana. */
function ofOwner(reading: Reading, at: number): number | undefined {
  if (!/^(?:de|di|do|da|von|of|d|del)$/.test(lowAt(reading, at + 1))) return undefined;
  const draft = draftAt(reading, at + 2, "person");
  return draft >= 0 ? draft : undefined;
}

function ownerDraft(reading: Reading, place: number): number | undefined {
  const person = draftAt(reading, place, "person");
  return person >= 0 ? person : undefined;
}

/** A name beside a tie that is the same person: before or after it, or behind a comma or "is". */
function nameBeside(reading: Reading, at: number, hasOwner: boolean): number | undefined {
  const token = reading.tokens[at];
  if (token === undefined) return undefined;
  const after = draftAt(reading, at + 1, "person");
  const next = reading.drafts[after];
  if (next?.form === "name" && sameSentence(reading, at, at + 1) && !token.isPossessive && token.ending === "") {
    if (sameClause(reading, at, at + 1) || hasOwner) return after;
  }
  if (/^(?:de|di|of)$/.test(lowAt(reading, at + 1)) && hasOwner) {
    const behind = draftAt(reading, at + 3, "person");
    if (reading.drafts[behind]?.form === "name" && sameClause(reading, at, at + 3)) return behind;
  }
  const before = draftAt(reading, at - 1, "person");
  const previous = reading.drafts[before];
  const isTitleAfter = reading.words.isSuffixing || reading.words.language === "hi";
  if (
    isTitleAfter &&
    previous?.form === "name" &&
    sameClause(reading, at - 1, at) &&
    reading.tokens[at - 1]?.ending === ""
  )
    return before;
  if (!hasOwner && !reading.words.definite.has(lowAt(reading, at - 1))) return nameAfterIs(reading, at);
  const opening = firstOfPhrase(reading, at);
  const commaName = draftAt(reading, opening - 1, "person");
  const isApposition =
    reading.drafts[commaName]?.form === "name" &&
    !sameClause(reading, opening - 1, opening) &&
    sameSentence(reading, opening - 1, opening) &&
    endsPhrase(reading, at);
  if (isApposition) return commaName;
  const isBefore = nameBeforeIs(reading, opening);
  if (isBefore !== undefined) return isBefore;
  return nameAfterIs(reading, at);
}

/** the plant manager Ms Sato, die Leiterin Frau Brandt: somebody's, not the writer's. */
function isArticled(reading: Reading, at: number): boolean {
  const { definite } = reading.words;
  return (
    definite.has(lowAt(reading, at - 1)) || (definite.has(lowAt(reading, at - 2)) && sameClause(reading, at - 2, at))
  );
}

/** her da (my brother, …): both ties are one person's. */
function tieInBrackets(reading: Reading, at: number): Draft | undefined {
  const opening = firstOfPhrase(reading, at);
  if (reading.tokens[opening]?.sign !== "(") return undefined;
  return reading.drafts.find((draft) => draft.last === opening - 1 && draft.form === "tie");
}

function endsPhrase(reading: Reading, at: number): boolean {
  const next = reading.tokens[at + 1];
  return (
    next === undefined || !sameClause(reading, at, at + 1) || /^(?:is|was|has|de|del|from|in|at|of)$/.test(next.low)
  );
}

function firstOfPhrase(reading: Reading, at: number): number {
  for (let place = at - 1; place >= Math.max(0, at - 3); place -= 1) {
    if (!sameClause(reading, place, at)) return place + 1;
    if (reading.words.myPossessive.has(lowAt(reading, place)) || reading.words.definite.has(lowAt(reading, place)))
      return place;
  }
  return at;
}

/** Teodora turns out to be my line manager; Nuno é o meu colega. */
function nameBeforeIs(reading: Reading, opening: number): number | undefined {
  if (!/^(?:is|was|be|became|becomes|ist|war|wurde|es|era|est|etait|e|sono)$/.test(lowAt(reading, opening - 1)))
    return undefined;
  for (let place = opening - 2; place >= Math.max(0, opening - 6) && sameClause(reading, place, opening); place -= 1) {
    const draft = draftAt(reading, place, "person");
    if (draft >= 0) return reading.drafts[draft]?.form === "name" ? draft : undefined;
  }
  return undefined;
}

/** my manager is Odette; o meu colega de mesa é o Nuno; Landlord is a Mr Okafor. */
function nameAfterIs(reading: Reading, at: number): number | undefined {
  let hasIs = false;
  for (let place = at + 1; place <= at + 5; place += 1) {
    if (!sameSentence(reading, at, place)) return undefined;
    const draft = draftAt(reading, place, "person");
    if (draft >= 0) return hasIs && reading.drafts[draft]?.form === "name" ? draft : undefined;
    const low = lowAt(reading, place);
    if (/^(?:is|ist|es|est|e|called|named|heisst|llama)$/.test(low)) hasIs = true;
    else if (hasIs && !IS_WORDS.has(low) && low !== "a") return undefined;
  }
  return undefined;
}

function mayStandBare(reading: Reading, at: number, kin: string | undefined): boolean {
  const token = reading.tokens[at];
  const { words } = reading;
  if (token === undefined) return false;
  const before = lowAt(reading, at - 1);
  if (words.language === "en" && (lowAt(reading, at + 1) === "of" || before === "other")) return false;
  if (/^(?:es|fr|it|pt)$/.test(words.language) && /^(?:de|di|d)$/.test(before)) return false;
  if (words.indefinite.has(before) || /^(?:no|every|any|each|von|of|kein|keine)$/.test(before)) return false;
  if (
    /^(?:other|one|two|three|four|five|many|several|few|these|those|most|all|und|and)$/.test(before) ||
    reading.tokens[at - 1]?.isNumber === true
  ) {
    if (!/^(?:and|und|all)$/.test(before) || NEEDS_POSSESSIVE.has(token.low)) return false;
  }
  const hasArticle = words.definite.has(before) && sameClause(reading, at - 1, at);
  const next = reading.tokens[at + 1];
  const isCompound =
    next !== undefined &&
    sameClause(reading, at, at + 1) &&
    !words.small.has(next.low) &&
    next.low.endsWith("'s") &&
    next.isCapital;
  if (isCompound) return false;
  if (kin === undefined) {
    if (/^(?:doctor|teacher)$/.test(conceptOf(words.roles, token.low, words) ?? "")) return false;
    return (
      (hasArticle && !/^(?:friend|colleague)$/.test(words.roles.get(token.low) ?? "")) ||
      ((token.opens || BARE_AT_OPENING.has(token.low)) && !NEEDS_POSSESSIVE.has(token.low)) ||
      (BARE_AT_OPENING.has(token.low) && !hasArticle && (token.opens || !sameClause(reading, at - 1, at)))
    );
  }
  if (words.isSuffixing) return conceptOf(words.kin, token.low, words) !== undefined && token.low.length > 3;
  if (!NEEDS_POSSESSIVE.has(token.low)) return true;
  if (hasArticle && /^(?:sister|brother|wife|husband|daughter|son|hermana|hermano)$/.test(token.low)) return true;
  return BARE_AT_OPENING.has(token.low) && (token.opens || !sameClause(reading, at - 1, at));
}

/** 4B is read as a number and a letter behind it. */
function isDoorLetter(reading: Reading, at: number): boolean {
  const number = reading.tokens[at];
  const letter = reading.tokens[at + 1];
  return number !== undefined && letter?.start === number.end && letter.text.length === 1;
}

const QUALIFIER_WORDS = new Set("in from on at aus de du del da von vom im di des beim bei um".split(" "));

/** "Carla in payroll", "Yusuf from unit 4", "Mrs Whitlock next door": sets the qualifier of names, and the tie it says. */
export function findQualifiers(reading: Reading): void {
  for (const draft of reading.drafts) {
    if (draft.kind !== "person" || draft.form !== "name") continue;
    let at = draft.last + 1;
    const here = reading.tokens[draft.last];
    if (here === undefined || here.isPossessive || !sameSentence(reading, draft.last, at)) continue;
    const isNextDoor = lowAt(reading, at) === "next" && lowAt(reading, at + 1) === "door";
    const isAcross =
      /^(?:across|down|over)$/.test(lowAt(reading, at)) &&
      /^(?:road|street|hall|landing|way)$/.test(lowAt(reading, at + 2));
    if (isNextDoor || isAcross || /^(?:upstairs|downstairs|opposite)$/.test(lowAt(reading, at))) {
      draft.qualifier = "neighbour";
      draft.ties = [...draft.ties, { type: "role", concept: "neighbour", owner: ME }];
      continue;
    }
    if (/^(?:el|la)$/.test(lowAt(reading, at)) && /^(?:de|del)$/.test(lowAt(reading, at + 1))) at += 1;
    if (!QUALIFIER_WORDS.has(lowAt(reading, at))) continue;
    const door = /^(?:flat|number|no|apartment)$/.test(lowAt(reading, at + 1)) ? at + 2 : at + 1;
    if (
      /^(?:in|from|at)$/.test(lowAt(reading, at)) &&
      /^\d{1,3}$/.test(lowAt(reading, door)) &&
      (door > at + 1 || isDoorLetter(reading, door))
    ) {
      draft.qualifier = "neighbour";
      draft.ties = [...draft.ties, { type: "role", concept: "neighbour", owner: ME }];
      continue;
    }
    while (
      at < draft.last + 4 &&
      (QUALIFIER_WORDS.has(lowAt(reading, at)) || reading.words.definite.has(lowAt(reading, at)))
    )
      at += 1;
    const isWork =
      isIn(reading, at, reading.words.workContext) ||
      (isIn(reading, at + 1, reading.words.workContext) && !reading.words.small.has(lowAt(reading, at)));
    if (!isWork && !/^(?:unit|number|flat|no|taller|garage)$/.test(lowAt(reading, at))) continue;
    draft.qualifier = isWork ? "work" : lowAt(reading, at);
    const end = reading.tokens[at]?.end ?? draft.end;
    draft.aliases = [...draft.aliases, reading.text.slice(draft.start, end)];
    if (isWork) draft.ties = [...draft.ties, { type: "role", concept: "colleague", owner: ME }];
  }
}
