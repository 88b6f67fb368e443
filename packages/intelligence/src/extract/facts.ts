/** Relations stated by one text: ties, work, home, membership, ownership, allergies and the days of events. */
import { type Fact, ME, type RelationType } from "./extraction.ts";
import { subjectBefore } from "./promises.ts";
import { addDraft, conceptAt, draftAt, isIn, lowAt, type Reading, sameClause, sameSentence } from "./reading.ts";

const ROLE_RELATIONS: Readonly<Record<string, RelationType>> = {
  boss: "colleague",
  colleague: "colleague",
  friend: "friend",
  neighbour: "neighbour",
};
const PUBLIC_HOUSES = new Set(
  "embassy church council county university hospital school bank library bakery museum post_office factory nursery airport theatre clinic cafe zoo depot".split(
    " ",
  ),
);

/** Finds relations between mentions; adds the mentions that only a relation makes worth naming. */
export function findFacts(reading: Reading, facts: Fact[]): void {
  tieFacts(reading, facts);
  marriageFacts(reading, facts);
  placeFacts(reading, facts);
  groupFacts(reading, facts);
  ownFacts(reading, facts);
  for (const at of reading.tokens.keys()) if (isIn(reading, at, reading.words.allergy)) addAllergy(reading, facts, at);
  addAvoided(reading, facts);
  scheduleFacts(reading, facts);
}

function tieFacts(reading: Reading, facts: Fact[]): void {
  for (const [index, draft] of reading.drafts.entries()) {
    for (const tie of draft.ties) {
      const type = tie.type === "kin" ? "family" : ROLE_RELATIONS[tie.concept];
      if (type !== undefined)
        facts.push({ type, from: tie.owner, to: index, confidence: draft.confidence, cue: tie.concept });
    }
  }
}

/** Bronagh is marrying Lars: kin to each other. */
function marriageFacts(reading: Reading, facts: Fact[]): void {
  for (const draft of reading.drafts) {
    if (draft.value !== "wedding" || draft.form !== "phrase" || draft.owner === undefined || draft.owner === ME)
      continue;
    const to = draftAt(reading, draft.last + 1, "person");
    if (to >= 0 && to !== draft.owner)
      facts.push({ type: "family", from: draft.owner, to, confidence: 0.75, cue: "wife" });
  }
}

/** A word of a set close before a place, in its sentence. */
function cueBefore(reading: Reading, first: number, set: ReadonlySet<string>, reach: number): number | undefined {
  for (let at = first - 1; at >= Math.max(0, first - reach); at -= 1) {
    if (!sameSentence(reading, at, first)) return undefined;
    if (isIn(reading, at, set)) return at;
  }
  return undefined;
}

function cueAfter(reading: Reading, last: number, set: ReadonlySet<string>, reach: number): number | undefined {
  for (let at = last + 1; at <= last + reach && sameClause(reading, last, at); at += 1)
    if (isIn(reading, at, set)) return at;
  return undefined;
}

function placeFacts(reading: Reading, facts: Fact[]): void {
  const { words } = reading;
  addPublicHouses(reading);
  for (const [index, draft] of reading.drafts.entries()) {
    if (draft.kind !== "organisation" && draft.kind !== "place") continue;
    if (draft.form === "noun" && words.groups.has(draft.value)) continue;
    const work =
      draft.kind === "organisation"
        ? (cueBefore(reading, draft.first, words.workAt, 6) ?? jobFor(reading, draft.first))
        : undefined;
    const isClass = cueBefore(reading, draft.first, VOLUNTEERING, 3) !== undefined;
    const studying = cueBefore(reading, draft.first, words.studyAt, 5);
    // "joined our team, she studied at Imperial": the nearer word counts.
    const isStudy = studying !== undefined && work !== undefined && studying > work;
    if (work !== undefined && !isClass && !isStudy) {
      facts.push({
        type: "works_at",
        from: workerOf(reading, work),
        to: index,
        confidence: 0.75,
        cue: lowAt(reading, work),
      });
      continue;
    }
    const study =
      studying ?? (draft.kind === "organisation" ? cueAfter(reading, draft.last, words.studyAt, 3) : undefined);
    if (study !== undefined && draft.kind === "organisation") {
      const subject = subjectBefore(reading, Math.min(study, draft.first));
      facts.push({ type: "studies_at", from: subject, to: index, confidence: 0.7, cue: lowAt(reading, study) });
      continue;
    }
    const live =
      cueBefore(reading, draft.first, words.liveIn, 6) ??
      (words.isSuffixing ? cueAfter(reading, draft.last, words.liveIn, 3) : undefined);
    const isMovedThing =
      live !== undefined && reading.drafts.some((one) => one.kind === "event" && one.last === live - 1);
    if (live !== undefined && !isMovedThing && livesThere(reading, live, draft.first))
      facts.push({
        type: "lives_in",
        from: subjectBefore(reading, live),
        to: index,
        confidence: 0.7,
        cue: lowAt(reading, live),
      });
  }
}

/** "new job for Wojtek! starts at Halden Rail": a verb of somebody else's without a subject takes the last person. */
function workerOf(reading: Reading, work: number): number {
  const ownerOfDay = lowAt(reading, work) === "day" ? draftAt(reading, work - 2, "person") : -1;
  if (ownerOfDay >= 0 && reading.tokens[work - 2]?.isPossessive === true) return ownerOfDay;
  const subject = subjectBefore(reading, work);
  if (
    subject !== ME ||
    !/^(?:starts|works|joins|worked)$/.test(lowAt(reading, work)) ||
    reading.tokens[work]?.opens !== true
  )
    return subject;
  const last = reading.drafts.findLastIndex((draft) => draft.kind === "person" && draft.last < work);
  return last >= 0 ? last : ME;
}

/** left for X, new job with X. */
function jobFor(reading: Reading, first: number): number | undefined {
  if (
    /^(?:at|with)$/.test(lowAt(reading, first - 1)) &&
    lowAt(reading, first - 2) === "day" &&
    /^(?:first|last)$/.test(lowAt(reading, first - 3))
  )
    return first - 2;
  if (
    /^(?:for|with|to)$/.test(lowAt(reading, first - 1)) &&
    /^(?:left|leaves|leaving|off)$/.test(lowAt(reading, first - 2))
  )
    return first - 2;
  return undefined;
}

function livesThere(reading: Reading, live: number, first: number): boolean {
  const low = lowAt(reading, live);
  const preposition = lowAt(reading, reading.tokens[first - 1]?.isNumber === true ? first - 2 : first - 1);
  const opens = reading.tokens[live]?.opens === true;
  if (low === "moved" && (opens ? live > 0 : reading.drafts.some((draft) => draft.kind === "event"))) return false;
  const isMoving =
    /^(?:move|moved|moving|zieht|gezogen|umgezogen|muda|mudo|mudado|muda-se|mudou|emmenage|trasferisce|trasferito|trasferita)$/.test(
      low,
    );
  if (low === "house" || low === "flat") return /^(?:in|on|near)$/.test(preposition);
  if (/^(?:appart|piso|casa|apartamento)$/.test(low)) return false;
  return (
    !isMoving ||
    /^(?:to|into|in|nach|a|ins|para|à|en|the|zum|zur|am)$/.test(preposition) ||
    /^\d/.test(lowAt(reading, first))
  );
}

/** the council, the county: houses that employ, when the words are of working. */
function addPublicHouses(reading: Reading): void {
  for (const [at, token] of reading.tokens.entries()) {
    if (!PUBLIC_HOUSES.has(token.low) || reading.words.language !== "en" || draftAt(reading, at) >= 0) continue;
    const isEmployer = /^(?:the|a)$/.test(lowAt(reading, at - 1)) && /^(?:at|with|for)$/.test(lowAt(reading, at - 2));
    const isWork = isEmployer && cueBefore(reading, at, reading.words.workAt, 6) !== undefined;
    const isSubject =
      token.opens && /^(?:rang|called|says|said|emailed|wrote|phoned|wants|sent|closed)$/.test(lowAt(reading, at + 1));
    if (
      !isWork &&
      !isSubject &&
      lowAt(reading, at - 1) !== "the" &&
      !/^(?:starts|started|from|at)$/.test(lowAt(reading, at - 1))
    )
      continue;
    if (!isWork && /(?:s|er|ing)$/.test(lowAt(reading, at + 1)) && !isSubject) continue;
    addDraft(
      reading,
      { first: at, last: at },
      { kind: "organisation", form: "noun", value: token.low, aliases: [token.text], confidence: 0.6 },
    );
  }
}

function groupFacts(reading: Reading, facts: Fact[]): void {
  const { words } = reading;
  for (const [index, draft] of reading.drafts.entries()) {
    if (draft.kind !== "organisation") continue;
    const isGroup = draft.form === "noun" && words.groups.has(draft.value);
    const cue = cueBefore(reading, draft.first, words.member, 5) ?? cueBefore(reading, draft.first, VOLUNTEERING, 3);
    const before = lowAt(reading, draft.first - 1);
    const joins = (from: number, confidence: number, said: string): unknown =>
      facts.push({ type: "member_of", from, to: index, confidence, cue: said });
    if (isGroup && draft.owner !== undefined) joins(draft.owner, 0.7, "possessive");
    else if (cue !== undefined && (isGroup || draft.form === "name") && !facts.some((fact) => fact.to === index))
      joins(subjectBefore(reading, cue), 0.7, lowAt(reading, cue));
    else if (isGroup && /^(?:in|at|im|a|am|de|du|à)$/.test(before) && isMembership(reading, draft.first))
      joins(subjectBefore(reading, draft.first), 0.5, "in");
    else if (
      isGroup &&
      (/^(?:has|hat|jetzt|now|fait|neue|new|eine)$/.test(before) ||
        (draft.isIndefinite && cueBefore(reading, draft.first, HAS, 3) !== undefined))
    )
      joins(subjectBefore(reading, draft.first), 0.5, "has");
  }
}

const HAS = new Set(["hat", "has", "got"]);
const VOLUNTEERING = new Set("volunteering volunteer volunteered helping pottery classes lessons training".split(" "));

function isMembership(reading: Reading, first: number): boolean {
  return reading.tokens.some(
    (token, at) =>
      at < first && /^(?:sat|sings|sing|plays|rentree|rehearsal|back|beworben|joined|cours)$/.test(token.low),
  );
}

function ownFacts(reading: Reading, facts: Fact[]): void {
  const { words } = reading;
  for (const [index, draft] of reading.drafts.entries()) {
    if (draft.kind === "thing" && !facts.some((fact) => fact.type === "owns" && fact.to === index)) {
      const cue = cueBefore(reading, draft.first, words.own, 2);
      const isGot = cue !== undefined && (draft.isIndefinite || words.language !== "en");
      const isGift =
        isGot && reading.drafts.some((one) => one.kind === "person" && one.first > cue && one.last < draft.first);
      if (isGift) continue;
      if (isGot)
        facts.push({
          type: "owns",
          from: subjectBefore(reading, cue),
          to: index,
          confidence: 0.55,
          cue: lowAt(reading, cue),
        });
      else if (draft.owner !== undefined)
        facts.push({ type: "owns", from: draft.owner, to: index, confidence: 0.45, cue: "possessive" });
    }
    if (draft.kind !== "event" || draft.value !== "opening" || draft.owner === undefined) continue;
    const head = draft.last > draft.first ? lowAt(reading, draft.last) : "";
    if (head === "" || !/^(?:her|his|su|sua|son|sa|its|my)$/.test(lowAt(reading, draft.last - 1))) continue;
    const named = reading.drafts.findIndex(
      (one) =>
        one.form === "name" &&
        (one.kind !== "person" || one.confidence < 0.9) &&
        one.kind !== "date" &&
        one.first > draft.last,
    );
    const owner = draft.owner;
    if (named >= 0) {
      const shop = reading.drafts[named];
      if (shop !== undefined) shop.kind = "organisation";
      facts.push({ type: "owns", from: owner, to: named, confidence: 0.7, cue: "opens" });
    }
  }
}

function addSubstance(reading: Reading, at: number): number {
  const token = reading.tokens[at];
  if (token === undefined) return ME;
  const known = draftAt(reading, at, "substance");
  if (known >= 0) return known;
  return addDraft(
    reading,
    { first: at, last: at },
    { kind: "substance", form: "noun", value: token.low, aliases: [token.text], confidence: 0.85 },
  );
}

function isNoun(reading: Reading, at: number): boolean {
  const token = reading.tokens[at];
  const { words } = reading;
  return (
    token !== undefined &&
    !words.small.has(token.low) &&
    !token.isNumber &&
    !words.allergy.has(token.low) &&
    draftAt(reading, at, "person") < 0 &&
    token.low.length > 2
  );
}

/** allergic to nuts, Erdnussallergie, peanuts se allergy, intollerante … lattosio. */
function addAllergy(reading: Reading, facts: Fact[], at: number): void {
  const subject = allergicOne(reading, at);
  const after: number[] = [];
  for (let place = at + 1; place <= at + 4 && sameClause(reading, at, place); place += 1)
    if (isNoun(reading, place)) after.push(place);
  const before: number[] = [];
  for (let place = at - 1; place >= at - 4 && place >= 0; place -= 1)
    if (isNoun(reading, place) && sameSentence(reading, at, place)) before.push(place);
  const isBefore = reading.words.isSuffixing || reading.words.language === "hi";
  const prepositioned = /^(?:to|auf|gegen|a|al|ai|aux|au|agli|alle|alla|la|l|los|las|com|de|di)$/.test(
    lowAt(reading, at + 1),
  );
  const isVerb = lowAt(reading, at).startsWith("vertrag");
  const place = isVerb ? after[0] : isBefore ? before[0] : prepositioned ? after[0] : (before[0] ?? after[0]);
  if (place === undefined) return;
  const span =
    isNoun(reading, place + 1) &&
    !isBefore &&
    sameClause(reading, place, place + 1) &&
    reading.words.language === "en" &&
    after.length === 2 &&
    !lowAt(reading, place + 1).endsWith("ly")
      ? place + 1
      : place;
  const substance = addSubstance(reading, span);
  facts.push({ type: "allergic_to", from: subject, to: substance, confidence: 0.85, cue: lowAt(reading, at) });
}

function allergicOne(reading: Reading, at: number): number {
  if (reading.words.isSuffixing && /im$|imiz$/.test(lowAt(reading, at))) return ME;
  for (const [index, draft] of reading.drafts.entries()) {
    const isSubject =
      draft.kind === "person" &&
      draft.last < at &&
      !ownsTheNext(reading, index, at) &&
      reading.tokens[draft.last]?.sentence === reading.tokens[at]?.sentence;
    if (isSubject && (reading.words.language === "hi" || sameClause(reading, draft.last, at))) return index;
  }
  return subjectBefore(reading, at);
}

/** Carla in "Carla's husband is allergic": somebody else is spoken of. */
function ownsTheNext(reading: Reading, index: number, at: number): boolean {
  const owner = reading.drafts[index];
  if (owner === undefined) return false;
  const isOwner =
    reading.tokens[owner.last]?.isPossessive === true || /^(?:ka|ke|ki)$/.test(lowAt(reading, owner.last + 1));
  return isOwner && reading.drafts.some(({ first, kind }) => kind === "person" && first > owner.last && first < at);
}

/** i cannot do peanuts; can't eat shellfish anymore; the penicillin gave me the rash. */
function addAvoided(reading: Reading, facts: Fact[]): void {
  if (reading.words.language !== "en") return;
  for (const [at, token] of reading.tokens.entries()) {
    const isCannot =
      /^(?:can't|cannot|cant|mustn't)$/.test(token.low) || (token.low === "not" && lowAt(reading, at - 1) === "can");
    if (isCannot && /^(?:eat|do|have|touch|tolerate|drink)$/.test(lowAt(reading, at + 1)) && isNoun(reading, at + 2)) {
      const isEating =
        /^(?:eat|tolerate|drink)$/.test(lowAt(reading, at + 1)) ||
        reading.tokens.some(
          (one) => one.low !== "" && /^(?:lunch|food|menu|kitchen|thai|restaurant|reminder)$/.test(one.low),
        );
      if (isEating)
        facts.push({
          type: "allergic_to",
          from: subjectBefore(reading, at),
          to: addSubstance(reading, at + 2),
          confidence: 0.7,
          cue: "cannot",
        });
    }
    const isReaction = /^(?:rash|hives|anaphylaxis|swelled|swollen)$/.test(token.low);
    if (!isReaction) continue;
    const gave = reading.tokens.findIndex((one) => /^(?:gave|brings|brought|gives)$/.test(one.low));
    const noun = gave > 0 ? [gave - 1, gave - 2].find((place) => isNoun(reading, place)) : undefined;
    if (noun !== undefined)
      facts.push({ type: "allergic_to", from: ME, to: addSubstance(reading, noun), confidence: 0.6, cue: token.low });
  }
}

/** An event and the day beside it. */
function scheduleFacts(reading: Reading, facts: Fact[]): void {
  for (const [index, date] of reading.drafts.entries()) {
    if (date.kind !== "date") continue;
    const isWords =
      reading.words.today.has(lowAt(reading, date.first)) || reading.words.yesterday.has(lowAt(reading, date.first));
    if (
      isWords ||
      /^(?:by|from|until|till|bis|ab|desde|depuis|des|dal|entro|avant|antes|seit|since|within)$/.test(
        lowAt(reading, date.first - 1),
      )
    )
      continue;
    const events = reading.drafts.map((draft, at) => ({ draft, at })).filter(({ draft }) => draft.kind === "event");
    const same = events.filter(({ draft }) => draft.sentence === date.sentence);
    const near = (same.length > 0 ? same : events).toSorted(
      (left, right) => distance(left.draft, date) - distance(right.draft, date),
    )[0];
    const event = near?.at ?? nounBeforeDate(reading, index);
    if (event === undefined) continue;
    facts.push({ type: "scheduled_for", from: event, to: index, confidence: date.confidence, cue: date.text });
  }
}

function distance(one: { first: number; last: number }, other: { first: number; last: number }): number {
  return one.last < other.first ? other.first - one.last : (one.first - other.last) * 1.5;
}

const OF = /^(?:de|du|di|del|della|do|da|der|des)$/;

/** "contrôle technique de la Clio": the noun before the words of whose it is. */
function headOfPhrase(reading: Reading, last: number): number {
  for (let at = last - 1; at >= last - 3 && at > 0 && sameClause(reading, at, last); at -= 1) {
    if (OF.test(lowAt(reading, at))) return at - 1;
  }
  return last;
}

/** "the lump needs to come out, booked for the 13th": what is booked is the clause before. */
function bookedBefore(reading: Reading, first: number): number | undefined {
  const booked = [first - 1, first - 2, first - 3].find((at) =>
    /^(?:booked|scheduled|arranged|planned|pencilled)$/.test(lowAt(reading, at)),
  );
  if (booked === undefined || reading.tokens[booked]?.clause === reading.tokens[booked - 1]?.clause) return undefined;
  let at = booked - 1;
  while (at > 0 && sameClause(reading, at - 1, booked - 1) && draftAt(reading, at - 1, "person") < 0) at -= 1;
  if (at < 0 || !sameSentence(reading, at, booked)) return undefined;
  const text = reading.text.slice(reading.tokens[at]?.start, reading.tokens[booked - 1]?.end);
  return addDraft(
    reading,
    { first: at, last: booked - 1 },
    {
      kind: "event",
      form: "phrase",
      value: `other:${lowAt(reading, at)}`,
      aliases: [text, lowAt(reading, at)],
      confidence: 0.55,
    },
  );
}

/** "the vote is on the 24th": a noun we do not know as an event, said to be on a day. */
function nounBeforeDate(reading: Reading, index: number): number | undefined {
  const date = reading.drafts[index];
  if (date === undefined || date.confidence < 0.75) return undefined;
  const booked = bookedBefore(reading, date.first);
  if (booked !== undefined) return booked;
  let at = date.first - 1;
  const isLink = (low: string): boolean =>
    /^(?:on|is|the|for|set|booked|fixed|planned|will|be|am|ist|le|est|el|es|il|em|finally|now|scheduled|ko|prevu|moved|to|confirmed)$/.test(
      low,
    );
  let links = 0;
  while (at >= 0 && isLink(lowAt(reading, at)) && sameSentence(reading, at, date.first)) {
    links += 1;
    at -= 1;
  }
  if (
    /^(?:one|payday|start|starts|rent|back|till|deadline|home|it|everything|anfang|beginn|ones|away|gone|here|there|today|work|off|comincio|inizio|empiezo|comeco|commence|fange|starte|due|turns|until)$/.test(
      lowAt(reading, at),
    )
  )
    return undefined;
  if (links > 0) at = headOfPhrase(reading, at);
  if (links === 0 || !isNoun(reading, at) || draftAt(reading, at) >= 0) return undefined;
  if (conceptAt(reading, at, reading.words.kin) !== undefined || /ed$|ing$/.test(lowAt(reading, at))) return undefined;
  const token = reading.tokens[at];
  const first =
    isNoun(reading, at - 1) && sameClause(reading, at - 1, at) && draftAt(reading, at - 1) < 0 ? at - 1 : at;
  return addDraft(
    reading,
    { first, last: at },
    { kind: "event", form: "noun", value: `other:${token?.low ?? ""}`, aliases: [token?.text ?? ""], confidence: 0.5 },
  );
}
