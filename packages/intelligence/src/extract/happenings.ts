/** Events, things and groups: common nouns that a diary follows over days. What they are in the person's world is decided later. */
import { ME } from "./extraction.ts";
import { addDraft, conceptAt, draftAt, isIn, lowAt, type Reading, sameClause, sameSentence } from "./reading.ts";

/** Nouns of events that are verbs or other things as often: they need a word before that makes them a noun. */
const DOUBTFUL = new Set(
  "move talk test tests do date class visit game match play show play session practice review do final finals course tour launch opening run fair wake bash cold naming operation op lunch dinner breakfast supper meal call training race trial trials drinks inspection speech relay flight trip termin essen spiel lauf kurs anos prova jogo show visita prueba prima curso final obra course radio fete pot vol audience yemeg mac party market coffee".split(
    " ",
  ),
);
const NOT_MODIFIERS = new Set(
  "every each last this that next all one two three half whole bank new rainy sunny cold hot warm slow quiet busy lazy long perfect best worst rough strange lovely nice happy sad day night week snow rest opening monday tuesday wednesday thursday friday saturday sunday is was are were be been got get had have has made make makes went go going gone took take takes see saw said says did done want wants wanted first second last next whole big little good great bad new old long short late early awful lovely nice free own full only same other real proper two three four five six seven eight nine ten booked planned cancelled moved having hosting missed survived after before during pre post".split(
    " ",
  ),
);
const OF_WORDS = /^(?:de|d|di|del|della|do|da|chez|beim|bei|of|der|des|dos|das|en|in|im)$/;

/** Finds events. */
export function findEvents(reading: Reading): void {
  for (const [at, token] of reading.tokens.entries()) {
    if (token.isNumber && !token.low.endsWith("th")) continue;
    const verb = conceptAt(reading, at, reading.words.eventVerbs);
    const noun = conceptAt(reading, at, reading.words.events) ?? compoundConcept(reading, at);
    if (isVisit(reading, at)) {
      addVerbEvent(reading, at, "visit");
      continue;
    }
    const isMovingIn = /^(?:move|moves|moving)$/.test(token.low) && /^(?:in|out)$/.test(lowAt(reading, at + 1));
    if (isMovingIn) addVerbEvent(reading, at, "move");
    else if (noun !== undefined && draftAt(reading, at, "person") < 0) addEvent(reading, at, noun);
    else if (verb !== undefined) addVerbEvent(reading, at, verb);
    else if (isRoundBirthday(reading, at)) addEvent(reading, at, "birthday");
    else if (
      token.low === "due" &&
      reading.words.fields.get("due") !== undefined &&
      !/^(?:rent|project|homework|bill|essay)$/.test(lowAt(reading, at - 1))
    )
      addVerbEvent(reading, at, "birth");
  }
}

/** "Ruthanne coming over from Cork on the 26th": somebody else arrives on a day. */
function isVisit(reading: Reading, at: number): boolean {
  const low = lowAt(reading, at);
  const isComing =
    /^(?:coming|comes|flying|flies)$/.test(low) &&
    /^(?:over|round|home|in|to|back|down|up)$/.test(lowAt(reading, at + 1));
  if (!isComing && !/^(?:visiting|visits|arrives|arriving|lands)$/.test(low)) return false;
  const sentence = reading.tokens[at]?.sentence;
  const isDated = reading.drafts.some(
    (draft) => draft.kind === "date" && draft.sentence === sentence && draft.confidence >= 0.6,
  );
  return (
    isDated && reading.drafts.some((draft) => draft.kind === "person" && draft.sentence === sentence && draft.last < at)
  );
}

/** gran's seventy fifth, his 40th: an ordinal that a person owns. */
function isRoundBirthday(reading: Reading, at: number): boolean {
  const { words } = reading;
  const low = lowAt(reading, at);
  if (
    !/^(?:en|hi)$/.test(words.language) ||
    !/(?:ieth|teenth|twelfth|[02-9]th|first|third|fifth|sixth|seventh|eighth|ninth)$/.test(low)
  )
    return false;
  const isTens = lowAt(reading, at - 1).endsWith("ty");
  const isRound = /(?:ieth|teenth|\dth)$/.test(low) || isTens;
  return isRound && ownerAt(reading, isTens ? at - 2 : at - 1) !== undefined && draftAt(reading, at, "date") < 0;
}

/** Straßenfest, Abschiedsfeier, Zahnarzttermin: the end of a compound is its head. */
function compoundConcept(reading: Reading, at: number): string | undefined {
  const low = lowAt(reading, at);
  if (!reading.words.hasCapitalNouns || low.length < 8 || reading.tokens[at]?.isCapital !== true) return undefined;
  for (const [noun, concept] of reading.words.events) {
    if (noun.length >= 4 && low.endsWith(noun)) return concept;
  }
  return undefined;
}

function addEvent(reading: Reading, at: number, concept: string): void {
  const { words } = reading;
  const token = reading.tokens[at];
  if (token === undefined) return;
  // "eye op date": the day of what stands before, not an event of its own.
  if (concept === "date" && conceptAt(reading, at - 1, words.events) !== undefined) return;
  let first = at;
  if (concept === "outing" && (!isModifier(reading, at - 1, at) || !/^(?:en|hi)$/.test(words.language))) return;
  while (at - first < 2 && isModifier(reading, first - 1, at)) first -= 1;
  const before = lowAt(reading, first - 1);
  const owner = ownerAt(reading, first - 1);
  const isIndefinite = words.indefinite.has(before);
  const hasDeterminer =
    isIndefinite || words.definite.has(before) || words.myPossessive.has(before) || owner !== undefined;
  const next = lowAt(reading, at + 1);
  const isFollowed =
    /^(?:on|is|was|am|le|el|il|a|with|in|at|for|confirmed|moved|ko|vorbei|went|will)$/.test(next) || next === "";
  if (DOUBTFUL.has(token.low) && first === at && !hasDeterminer && !(token.opens && isFollowed)) {
    const afterPreposition = /^(?:for|having|at|to|after|before|zur|zum|beim|al|à|au|sunum|ki|ka|pe)$/.test(before);
    if (!afterPreposition || before === "to" || reading.words.language === "tr") {
      if (reading.words.language === "en") return;
    }
  }
  const modifier =
    next !== "" &&
    sameClause(reading, at, at + 1) &&
    /^(?:idea|ideas|planner|video|shoes|van|cake|dress|practice_video|advert|centre|project|bell|bells|case|time|drill|court|board|site|forms|form|hazard|season|room|menu|table|lights|tree|cards|break|hour)$/.test(
      next,
    );
  if (modifier) return;
  let last = at;
  if (OF_WORDS.test(next) && words.language !== "en" && words.language !== "hi" && sameClause(reading, at, at + 2)) {
    const isArticle = words.definite.has(lowAt(reading, at + 2)) || words.indefinite.has(lowAt(reading, at + 2));
    last = Math.min(at + (isArticle ? 3 : 2), reading.tokens.length - 1);
    if (draftAt(reading, last, "date") >= 0 || reading.tokens[last]?.isNumber === true) last = at;
  }
  const ofPerson = last > at ? draftAt(reading, last, "person") : -1;
  const span = last > at && ofPerson < 0 && draftAt(reading, last) < 0 ? last : at;
  const full = reading.text.slice(reading.tokens[first]?.start ?? token.start, reading.tokens[span]?.end ?? token.end);
  const eventOwner = owner ?? (ofPerson >= 0 ? ofPerson : undefined);
  addDraft(
    reading,
    { first, last: at },
    {
      kind: "event",
      form: "noun",
      value: concept,
      aliases: [...new Set([full, token.text])],
      isIndefinite,
      confidence: hasDeterminer || first < at ? 0.8 : 0.6,
      ...(eventOwner === undefined ? {} : { owner: eventOwner }),
    },
  );
}

function isModifier(reading: Reading, place: number, head: number): boolean {
  const token = reading.tokens[place];
  const { words } = reading;
  if (token === undefined || !sameClause(reading, place, head) || words.hasCapitalNouns) return false;
  if (!/^(?:en|hi)$/.test(words.language)) return false;
  if (words.small.has(token.low) || token.isPossessive || NOT_MODIFIERS.has(token.low) || words.promise.has(token.low))
    return false;
  if (/^(?:leaving|training|racing|fishing|moving|opening|closing|swimming|parents)$/.test(token.low)) return true;
  if (
    words.lend.has(token.low) ||
    words.borrow.has(token.low) ||
    draftAt(reading, place, "person") >= 0 ||
    draftAt(reading, place, "date") >= 0
  )
    return false;
  return (
    (!(/(?:ed|ly)$/.test(token.low) && token.low.length > 4) && !words.openers.has(token.low)) ||
    /^(?:team|work|office|christmas|school|book|site|flat|birthday)$/.test(token.low)
  );
}

/** The owner said by the word before: my, Gran's, her. */
function ownerAt(reading: Reading, place: number): number | undefined {
  const token = reading.tokens[place];
  if (token === undefined) return undefined;
  if (reading.words.myPossessive.has(token.low)) return ME;
  const isOwner =
    token.isPossessive ||
    reading.words.hisPossessive.has(token.low) ||
    reading.words.herPossessive.has(token.low) ||
    /^n?[iu]n$/.test(token.ending) ||
    (reading.words.isSuffixing && /(?:in|un|nin|nun)$/.test(token.low)) ||
    /^(?:ki|ka|ke)$/.test(token.low);
  if (!isOwner) return undefined;
  const at = /^(?:ki|ka|ke)$/.test(token.low) ? place - 1 : place;
  const draft = draftAt(reading, at, "person");
  return draft >= 0 ? draft : undefined;
}

function addVerbEvent(reading: Reading, at: number, concept: string): void {
  let last = at;
  const next = lowAt(reading, at + 1);
  if (concept === "opening" || concept === "birthday" || concept === "move") {
    const skip = reading.words.small.has(next) || reading.words.hisPossessive.has(next) ? 2 : 1;
    if (
      sameClause(reading, at, at + skip) &&
      !isIn(reading, at + skip, reading.words.small) &&
      draftAt(reading, at + skip) < 0
    )
      last = at + skip;
  }
  const before = lowAt(reading, at - 1);
  const first = /^(?:se|si|s)$/.test(before) ? at - 1 : at;
  const subject = reading.drafts.findLastIndex(
    (draft) => draft.kind === "person" && draft.last < at && sameSentence(reading, draft.last, at),
  );
  addDraft(
    reading,
    { first, last },
    {
      kind: "event",
      form: "phrase",
      value: concept,
      aliases: [
        reading.text.slice(reading.tokens[first]?.start ?? 0, reading.tokens[last]?.end),
        reading.tokens[at]?.text ?? "",
      ],
      confidence: 0.5,
      ...(subject >= 0 ? { owner: subject } : {}),
    },
  );
}

/** Finds things and groups by their nouns. */
export function findThings(reading: Reading): void {
  const { words } = reading;
  for (const [at, token] of reading.tokens.entries()) {
    if (token.isNumber || draftAt(reading, at) >= 0) continue;
    const isThing = isIn(reading, at, words.things);
    const isGroup = !isThing && isIn(reading, at, words.groups);
    if (!isThing && !isGroup) continue;
    const modifies = /^(?:en|hi)$/.test(words.language) && nounFollows(reading, at);
    if (modifies) continue;
    let before = at - 1;
    for (let back = 0; back < 2 && before >= 0 && sameClause(reading, before, at); back += 1) {
      if (isDeterminer(reading, before)) break;
      before -= 1;
    }
    const isDetermined = before >= 0 && sameClause(reading, before, at) && isDeterminer(reading, before);
    const owner = isDetermined ? ownerAt(reading, before) : turkishOwner(reading, at);
    const first = isDetermined && !reading.tokens[before]?.isPossessive ? before : at;
    addDraft(
      reading,
      { first, last: at },
      {
        kind: isThing ? "thing" : "organisation",
        form: "noun",
        value: `${compoundBefore(reading, at)}${isGroup ? token.low : token.low.replace(/s$/, "")}`,
        aliases: [token.text, reading.text.slice(reading.tokens[at - 1]?.start ?? token.start, token.end)].slice(
          0,
          before < at - 1 ? 2 : 1,
        ),
        isIndefinite: isDetermined && words.indefinite.has(lowAt(reading, before)),
        confidence: isDetermined ? 0.7 : 0.5,
        ...(owner === undefined ? {} : { owner }),
      },
    );
  }
}

/** `fire ` of "fire drill", `walnut ` of "walnut table": another thing than the bare noun. */
function compoundBefore(reading: Reading, at: number): string {
  const before = reading.tokens[at - 1];
  const { words } = reading;
  if (before === undefined || !/^(?:en|hi)$/.test(words.language) || !sameClause(reading, at - 1, at)) return "";
  const isPlain =
    words.small.has(before.low) ||
    before.isNumber ||
    before.isPossessive ||
    isDeterminer(reading, at - 1) ||
    NOT_MODIFIERS.has(before.low);
  const isVerb =
    words.lend.has(before.low) ||
    words.borrow.has(before.low) ||
    words.own.has(before.low) ||
    /(?:ed|ly|ing)$/.test(before.low);
  return isPlain || isVerb || draftAt(reading, at - 1) >= 0 ? "" : `${before.low} `;
}

function turkishOwner(reading: Reading, at: number): number | undefined {
  return reading.words.isSuffixing && /(?:m|im|um)$/.test(lowAt(reading, at)) ? ME : undefined;
}

function isDeterminer(reading: Reading, at: number): boolean {
  const { words } = reading;
  const low = lowAt(reading, at);
  return (
    words.definite.has(low) ||
    words.indefinite.has(low) ||
    words.myPossessive.has(low) ||
    words.hisPossessive.has(low) ||
    words.herPossessive.has(low) ||
    reading.tokens[at]?.isPossessive === true
  );
}

/** fire drill sergeant: the word beside makes the noun a modifier. */
function nounFollows(reading: Reading, at: number): boolean {
  const next = reading.tokens[at + 1];
  if (next === undefined || !sameClause(reading, at, at + 1) || reading.tokens[at]?.isPossessive === true) return false;
  return (
    /^(?:stew|shop|park|van|driver|player|pool|aid|keys|seat|door|insurance|food|centre|advert|rental|case|race|strike|show|leaked|belt|member|practice|mate)$/.test(
      next.low,
    ) && next.low !== "leaked"
  );
}
