/** Promises, debts, loans and allergies: what is owed, by whom and to whom. Makes mentions and facts. */
import { type Fact, ME } from "./extraction.ts";
import { addDraft, draftAt, isIn, lowAt, type Reading, sameClause, sameSentence } from "./reading.ts";

/** Finds promises, debts and loans. */
export function findPromises(reading: Reading, facts: Fact[]): void {
  const { words } = reading;
  for (const at of reading.tokens.keys()) {
    if (isIn(reading, at, words.promise) && !isNegated(reading, at)) addPromise(reading, facts, at);
    else if (isIn(reading, at, words.owe)) addDebt(reading, facts, at);
    else if (words.say.has(lowAt(reading, at))) addSaid(reading, facts, at);
    if (isIn(reading, at, words.lend) || isIn(reading, at, words.borrow)) addLoan(reading, facts, at);
  }
}

function isNegated(reading: Reading, at: number): boolean {
  if (/^(?:swore|swear|swears)$/.test(lowAt(reading, at)) && lowAt(reading, at + 1) === "at") return true;
  return (
    /^(?:no|not|never|didn't|nicht|kein|keine|compromise|pas)$/.test(lowAt(reading, at - 1)) ||
    (lowAt(reading, at) === "soz" && !lowAt(reading, at + 1).startsWith("ver"))
  );
}

/** The person who does what the word at a place says: before it in the sentence; the writer when nobody is. */
export function subjectBefore(reading: Reading, at: number): number {
  const isMine =
    reading.words.language === "de" &&
    reading.tokens.some(
      (token, place) => place < at && /^(?:ich|hab|habe)$/.test(token.low) && sameClause(reading, place, at),
    );
  if (isMine) return ME;
  for (let place = at - 1; place >= 0 && sameSentence(reading, place, at); place -= 1) {
    const draft = draftAt(reading, place, "person");
    const low = lowAt(reading, place);
    if (/^(?:i|ich|je|j|io|eu|yo|ben|main|maine|i'm|i'd|i've|we|wir|nous|hab|ho|habe)$/.test(low)) return ME;
    if (draft < 0) continue;
    const found = reading.drafts[draft];
    if (found === undefined || (found.form === "pronoun" && found.value === "possessive")) continue;
    const isObject =
      /^(?:with|to|for|mit|con|avec|a|from|und|told|mujhse)$/.test(lowAt(reading, found.first - 1)) ||
      reading.tokens[found.last]?.isPossessive === true ||
      /^y?[ea]$/.test(reading.tokens[found.last]?.ending ?? "") ||
      /^(?:ko|se)$/.test(lowAt(reading, found.last + 1));
    if (isObject || (!sameClause(reading, place, at) && found.form === "name" && at - place > 6)) continue;
    return draft;
  }
  return ME;
}

function personAfter(reading: Reading, at: number, reach: number): number | undefined {
  for (let place = at + 1; place <= at + reach && sameSentence(reading, at, place); place += 1) {
    if (isMe(reading, place) && place <= at + 2) return ME;
    if (
      lowAt(reading, place) === "to" &&
      reading.words.language === "en" &&
      !reading.words.owe.has(lowAt(reading, at)) &&
      reach === 4
    )
      return undefined;
    const draft = draftAt(reading, place, "person");
    if (draft >= 0 && reading.drafts[draft]?.value !== "possessive") return draft;
  }
  return undefined;
}

/** The one to whom something is promised: "le prometí a Lucía", "hab ihr versprochen", "promised Bea". */
function beneficiary(reading: Reading, at: number, debtor: number): number | undefined {
  const after = personAfter(reading, at, 4);
  if (after !== undefined && after !== debtor && (after !== ME || debtor !== ME)) return after;
  for (let place = at - 1; place >= 0 && place >= at - 4 && sameSentence(reading, place, at); place -= 1) {
    const draft = draftAt(reading, place, "person");
    if (draft >= 0 && draft !== debtor) return draft;
    if (/^(?:ihr|ihm)$/.test(lowAt(reading, place))) return draft >= 0 ? draft : undefined;
  }
  return debtor === ME ? undefined : ME;
}

function isMe(reading: Reading, at: number): boolean {
  return /^(?:me|mir|mich|moi|mi|mujhe|mujhse|bana|m|us|uns)$/.test(lowAt(reading, at));
}

function addPromise(reading: Reading, facts: Fact[], at: number): void {
  const late = verbLast(reading, at);
  if (late !== undefined) {
    facts.push({ type: "owes", from: late.debtor, to: late.to, confidence: 0.8, cue: lowAt(reading, at) });
    const amount = amountNear(reading, at);
    if (amount !== undefined) addMoneyPromise(reading, amount, at);
    else addPhrase(reading, (reading.drafts[late.to]?.last ?? at) + 1, at);
    return;
  }
  let debtor = subjectBefore(reading, at);
  if (isMe(reading, at - 1) || (isMe(reading, at + 1) && debtor === ME && reading.words.language === "en"))
    debtor = debtor === ME ? firstPerson(reading) : debtor;
  if (debtor !== ME && reading.words.language === "en" && opensClause(reading, at) && speaksOfThem(reading, at)) {
    addPhrase(reading, at + 1, at);
    facts.push({ type: "owes", from: ME, to: debtor, confidence: 0.65, cue: lowAt(reading, at) });
    return;
  }
  const to = beneficiary(reading, at, debtor);
  const from = to === undefined || to === ME ? at + 1 : (reading.drafts[to]?.last ?? at) + 1;
  const rest = Math.max(from, at + 1);
  const start = hasContent(reading, rest) ? rest : clauseBefore(reading, at);
  addPhrase(reading, start >= reading.tokens.length ? at : start, at);
  if (to !== undefined && to !== debtor)
    facts.push({ type: "owes", from: debtor, to, confidence: 0.85, cue: lowAt(reading, at) });
}

function opensClause(reading: Reading, at: number): boolean {
  return !sameClause(reading, at - 1, at);
}

/** "Ms Farouk is losing her sight, offered to read her post": what is done is done for them, so the writer offers. */
function speaksOfThem(reading: Reading, at: number): boolean {
  for (let place = at + 1; sameClause(reading, at, place); place += 1)
    if (/^(?:her|him|his|them|their)$/.test(lowAt(reading, place))) return true;
  return false;
}

/** Whether a sentence goes on with more than days and small words. */
function hasContent(reading: Reading, from: number): boolean {
  for (let at = from; sameSentence(reading, from, at); at += 1) {
    const isDay =
      draftAt(reading, at, "date") >= 0 ||
      reading.words.weekdays.has(lowAt(reading, at)) ||
      /^(?:wochen?|weeks?|days?|zwei|two|next)$/.test(lowAt(reading, at));
    if (!isDay && !reading.words.small.has(lowAt(reading, at)) && reading.tokens[at]?.isNumber !== true) return true;
  }
  return false;
}

/** Where the clause before a word's clause begins. */
function clauseBefore(reading: Reading, at: number): number {
  let place = at;
  while (place > 0 && sameClause(reading, place - 1, at)) place -= 1;
  const end = place - 1;
  if (end < 0 || !sameSentence(reading, end, at)) return at + 1;
  place = end;
  while (place > 0 && sameClause(reading, place - 1, end) && draftAt(reading, place - 1, "person") < 0) place -= 1;
  return place;
}

/** "Oma hat Ida 20 Euro versprochen": the verb ends the clause, who promises comes first. */
function verbLast(reading: Reading, at: number): { debtor: number; to: number } | undefined {
  if (reading.words.language !== "de") return undefined;
  const people = [...reading.drafts.keys()].filter((index) => {
    const draft = reading.drafts[index];
    return (
      draft?.kind === "person" &&
      draft.last < at &&
      draft.value !== "possessive" &&
      sameClause(reading, draft.first, at)
    );
  });
  const hasWriter = reading.tokens.some(
    (token, place) => place < at && /^(?:ich|mir|hab|habe)$/.test(token.low) && sameClause(reading, place, at),
  );
  const [debtor, to] = people.toSorted(
    (left, right) => (reading.drafts[left]?.first ?? 0) - (reading.drafts[right]?.first ?? 0),
  );
  return hasWriter || debtor === undefined || to === undefined ? undefined : { debtor, to };
}

function firstPerson(reading: Reading): number {
  const found = reading.drafts.findIndex((draft) => draft.kind === "person");
  return found >= 0 ? found : ME;
}

/** The words of what was promised, from a place on. */
function addPhrase(reading: Reading, from: number, cue: number): number {
  const { words } = reading;
  let first = from;
  const skippable = (at: number): boolean =>
    words.small.has(lowAt(reading, at)) || words.will.has(lowAt(reading, at)) || words.say.has(lowAt(reading, at));
  while (first < reading.tokens.length - 1 && sameSentence(reading, first, from) && skippable(first)) first += 1;
  if (!sameSentence(reading, first, from) && from !== first) first = from;
  let last = first;
  while (last + 1 < reading.tokens.length && last - first < 9 && sameSentence(reading, last + 1, first)) {
    const jumps = reading.tokens[last + 1]?.clause !== reading.tokens[last]?.clause;
    if (jumps && last - first >= 1) break;
    last += 1;
  }
  const content: number[] = [];
  for (let at = first; at <= last; at += 1)
    if (!words.small.has(lowAt(reading, at)) && draftAt(reading, at, "date") < 0) content.push(at);
  const nouns = content.filter(
    (at, place) =>
      (words.hasCapitalNouns ? reading.tokens[at]?.isCapital === true : place > 0 || content.length === 1) &&
      draftAt(reading, at, "person") < 0,
  );
  return addDraft(
    reading,
    { first, last },
    {
      kind: "promise",
      form: "phrase",
      value: content
        .filter((at) => draftAt(reading, at, "person") < 0)
        .map((at) => lowAt(reading, at))
        .join(" "),
      aliases: nouns.map((at) => reading.tokens[at]?.text ?? ""),
      confidence: cue >= 0 ? 0.8 : 0.6,
    },
  );
}

/** told X i'd …, said i'd …, X says he'll … me. */
function addSaid(reading: Reading, facts: Fact[], at: number): void {
  const { words } = reading;
  const romance = ROMANCE_WILL[words.language];
  if (romance !== undefined) addRomanceSaid(reading, facts, { at, ...romance });
  if (!/^(?:en|hi|de)$/.test(words.language)) return;
  for (
    let place = at + 1;
    place <= at + (words.language === "hi" ? 9 : 5) && sameSentence(reading, at, place);
    place += 1
  ) {
    const low = lowAt(reading, place);
    const isMine =
      /^(?:i'd|i'll|we'd|we'll)$/.test(low) ||
      (words.language === "hi" && /^(?:dunga|dungi|karunga|karungi)$/.test(low));
    const isTheirs = /^(?:he'd|he'll|she'd|she'll|they'd|they'll)$/.test(low);
    if (!isMine && !isTheirs) continue;
    const teller = subjectBefore(reading, at);
    const listener = personBetween(reading, at, place);
    if (isMine) {
      const to =
        listener ??
        (reading.drafts.some((draft) => draft.kind === "person" && draft.last < at)
          ? lastPersonBefore(reading, at)
          : personAfter(reading, place, 8));
      addPhrase(reading, place + 1, at);
      if (to !== undefined && to !== ME)
        facts.push({ type: "owes", from: ME, to, confidence: 0.75, cue: `${lowAt(reading, at)} ${low}` });
    } else if (teller !== ME && mentionsMe(reading, place)) {
      addPhrase(reading, place + 1, at);
      facts.push({ type: "owes", from: teller, to: ME, confidence: 0.6, cue: `${lowAt(reading, at)} ${low}` });
    }
    return;
  }
}

/** "dije que ayudaría", "j'ai dit … que j'aiderais": I said, and the ending of what one will do. */
const ROMANCE_WILL: Readonly<Record<string, { readonly said: RegExp; readonly will: RegExp }>> = {
  es: { said: /^dije$/, will: /(?:aria|eria|iria|are|ere|ire)$/ },
  fr: { said: /^dit$/, will: /(?:rai|rais)$/ },
  it: { said: /^detto$/, will: /(?:rei|ero|iro)$/ },
  pt: { said: /^disse$/, will: /(?:aria|eria|iria|arei|erei)$/ },
};

function addRomanceSaid(reading: Reading, facts: Fact[], cue: { at: number; said: RegExp; will: RegExp }): void {
  const { at } = cue;
  const isMine =
    cue.said.test(lowAt(reading, at)) &&
    (reading.words.language === "es" || /^(?:ai|ho|eu)$/.test(lowAt(reading, at - 1)));
  if (!isMine) return;
  for (let place = at + 1; place <= at + 7 && sameSentence(reading, at, place); place += 1) {
    if (!cue.will.test(lowAt(reading, place)) || lowAt(reading, place).length < 5) continue;
    const to = personBetween(reading, at, place) ?? lastPersonBefore(reading, at);
    addPhrase(reading, place, at);
    if (to !== undefined) facts.push({ type: "owes", from: ME, to, confidence: 0.75, cue: lowAt(reading, at) });
    return;
  }
}

function personBetween(reading: Reading, from: number, to: number): number | undefined {
  for (let place = from + 1; place < to; place += 1) {
    const draft = draftAt(reading, place, "person");
    if (draft >= 0) return draft;
  }
  return undefined;
}

function lastPersonBefore(reading: Reading, at: number): number | undefined {
  const found = reading.drafts.findLastIndex(
    (draft) => draft.kind === "person" && draft.last < at && draft.value !== "possessive",
  );
  return found >= 0 ? found : undefined;
}

function mentionsMe(reading: Reading, from: number): boolean {
  for (let place = from; sameSentence(reading, from, place); place += 1)
    if (isMe(reading, place) || lowAt(reading, place) === "my") return true;
  return false;
}

/** X owes me …, owe him two, mi deve 70 euro, Burak bana 500 lira borçlu, so I owe her a lasagne. */
function addDebt(reading: Reading, facts: Fact[], at: number): void {
  const low = lowAt(reading, at);
  const isFirstPerson = /^(?:owe|debo|schulde|dois|devo|borcum)$/.test(low);
  const inverted = invertedPair(reading, at);
  if (inverted !== undefined) return finishDebt(reading, facts, { at, ...inverted });
  const debtor = isFirstPerson && !/^(?:they|you)$/.test(lowAt(reading, at - 1)) ? ME : subjectBefore(reading, at);
  const isToMe =
    isMe(reading, at - 1) ||
    isMe(reading, at + 1) ||
    isMe(reading, at - 2) ||
    (reading.words.isSuffixing && hasMe(reading, at));
  let to = isToMe && debtor !== ME ? ME : personAfter(reading, at, 5);
  if (reading.words.language === "hi") {
    if (amountNear(reading, at) === undefined && reading.drafts.some((draft) => draft.kind === "thing")) return;
    const taker = lastTaker(reading, at);
    if (taker !== undefined) return finishDebt(reading, facts, { at, debtor: taker, to: ME });
    return;
  }
  if (debtor !== ME && to === undefined) to = ME;
  if (to === undefined || to === debtor) return;
  finishDebt(reading, facts, { at, debtor, to });
}

/** dafür schuldet sie ihm …: who owes stands behind the verb. */
function invertedPair(reading: Reading, at: number): { debtor: number; to: number } | undefined {
  if (reading.words.language !== "de") return undefined;
  const before = reading.drafts.some(
    (draft) => draft.kind === "person" && draft.last < at && sameClause(reading, draft.last, at),
  );
  const [debtor, to] = [...reading.drafts.keys()].filter((index) => {
    const draft = reading.drafts[index];
    return (
      draft?.kind === "person" && draft.first > at && draft.first <= at + 3 && sameClause(reading, draft.first, at)
    );
  });
  return before || debtor === undefined || to === undefined ? undefined : { debtor, to };
}

/** Sameer ne mujhse 2000 udhaar liye. */
function lastTaker(reading: Reading, at: number): number | undefined {
  const found = reading.drafts.findIndex(
    (draft) => draft.kind === "person" && draft.last < at && lowAt(reading, draft.last + 1) === "ne",
  );
  return found >= 0 ? found : undefined;
}

function hasMe(reading: Reading, at: number): boolean {
  return reading.tokens.some(
    (token, place) => isMe(reading, place) && sameSentence(reading, place, at) && token.low !== "",
  );
}

function finishDebt(reading: Reading, facts: Fact[], debt: { at: number; debtor: number; to: number }): void {
  const { at, debtor, to } = debt;
  facts.push({ type: "owes", from: debtor, to, confidence: 0.9, cue: lowAt(reading, at) });
  const after = to === ME ? at + 1 : Math.max(at, reading.drafts[to]?.last ?? at) + 1;
  const start = isMe(reading, after) ? after + 1 : after;
  const amount = amountNear(reading, at);
  if (amount === undefined) {
    if (start < reading.tokens.length && sameSentence(reading, at, start)) addPhrase(reading, start, at);
    else if (at - 1 >= 0) addPhrase(reading, at, at);
    return;
  }
  addMoneyPromise(reading, amount, at);
}

function amountNear(reading: Reading, at: number): number | undefined {
  const sentence = reading.tokens[at]?.sentence;
  const found = reading.drafts.findIndex((draft) => draft.kind === "amount" && draft.sentence === sentence);
  return found >= 0 ? found : undefined;
}

function addMoneyPromise(reading: Reading, amount: number, cue: number): void {
  const draft = reading.drafts[amount];
  if (draft === undefined) return;
  const first = Math.min(draft.first, cue);
  const last = Math.max(draft.last, cue);
  addDraft(
    reading,
    { first, last },
    {
      kind: "promise",
      form: "phrase",
      value: "money",
      aliases: [draft.text, ...draft.aliases, draft.value],
      confidence: 0.85,
    },
  );
}

/** The noun that is lent, when it is none that we know: lent me her card reader. */
function lentNoun(reading: Reading, cue: number): number {
  const { words } = reading;
  const step = words.hasCapitalNouns ? -1 : 1;
  for (let at = cue + step; Math.abs(at - cue) <= 6 && at >= 0 && sameClause(reading, cue, at); at += step) {
    const low = lowAt(reading, at);
    const isDeterminer =
      words.definite.has(low) ||
      words.indefinite.has(low) ||
      words.myPossessive.has(low) ||
      words.hisPossessive.has(low) ||
      words.herPossessive.has(low) ||
      reading.tokens[at]?.isPossessive === true;
    if (!isDeterminer) continue;
    let last = at;
    while (
      last - at < 2 &&
      sameClause(reading, at, last + 1) &&
      !words.small.has(lowAt(reading, last + 1)) &&
      draftAt(reading, last + 1) < 0
    )
      last += 1;
    if (last === at) continue;
    const noun = reading.tokens[last];
    const text = reading.text.slice(reading.tokens[at + 1]?.start, noun?.end);
    return addDraft(
      reading,
      { first: at + 1, last },
      { kind: "thing", form: "noun", value: noun?.low ?? "", aliases: [text, noun?.text ?? ""], confidence: 0.75 },
    );
  }
  return -1;
}

/** lent Dec the van; Bartek lent me his drill; borrowed Gareth's tent; lent Oskar 200 euros; Timo hat mir 30 Euro geliehen. */
function addLoan(reading: Reading, facts: Fact[], at: number): void {
  const { words } = reading;
  const isBorrowing = isIn(reading, at, words.borrow) && !isIn(reading, at, words.lend);
  const sentence = reading.tokens[at]?.sentence;
  const known = reading.drafts.findIndex((draft) => draft.kind === "thing" && draft.sentence === sentence);
  const amount = amountNear(reading, at);
  const thing = known >= 0 || amount !== undefined ? known : lentNoun(reading, at);
  const subject = subjectBefore(reading, at);
  const isGivenToMe =
    subject !== ME &&
    (isMe(reading, at + 1) ||
      isMe(reading, at - 1) ||
      isMe(reading, at - 2) ||
      isMe(reading, at - 3) ||
      lowAt(reading, at).endsWith("-me") ||
      (lowAt(reading, at - 2).startsWith("m") && words.language === "fr") ||
      hasMe(reading, at));
  const other = subject !== ME ? subject : (personAfter(reading, at, 6) ?? lastPersonBefore(reading, at));
  if (other === undefined || other === ME) return;
  const lender = isBorrowing ? (subject === ME ? other : ME) : isGivenToMe ? other : subject === ME ? ME : undefined;
  if (lender === undefined) return;
  const taker = lender === ME ? other : ME;
  const isHindi = words.language === "hi";
  if (thing >= 0) {
    const owner = isHindi ? (reading.drafts[thing]?.owner ?? ME) : lender;
    facts.push({ type: "owns", from: owner, to: thing, confidence: 0.8, cue: lowAt(reading, at) });
  } else if (amount !== undefined && !isHindi) {
    facts.push({ type: "owes", from: taker, to: lender, confidence: 0.85, cue: lowAt(reading, at) });
    addMoneyPromise(reading, amount, at);
  }
}
