/**
 * Proper names: where they are and what they name. A capital in the middle of a sentence is a name; at its beginning only with a reason.
 * Where the language writes nouns with capitals, only names that are known, titled or spoken of like a person.
 */
import { conceptOf, isPlaceName, sexOfName, wordsOf } from "./compile-lexicon.ts";
import { addDraft, conceptAt, isIn, lowAt, type Reading } from "./reading.ts";
import { foldWord } from "./fold-word.ts";
import type { Token } from "./tokens.ts";

const PLACE_ENDINGS = new Set(
  "hall street road row yard park bridge lane avenue square beach lake airport station terrace crescent gardens hill house farm manor castle island valley strasse platz allee weg exchange arms inn plaza calle via rue mill close court drive docks market villa cottage barn lodge".split(
    " ",
  ),
);
const ORGANISATION_ENDINGS = new Set(
  "hospital school university college ltd inc llc gmbh ag club church bank council dental labs lab group studio studios clinic infirmary academy institute museum library theatre vets practice pharmacy garage salon gym spa hostel hotel restaurant kitchen brewery distillery dairy farm_shop hire legal law homes care hospice trustees league scouts guides rovers united city_fc council theatre press rail railways airlines motors foods logistics partners associates solutions systems software media trust society gallery agency consulting insurance bakery cafe brothers sons & media tech energy airways records union police authority surgery nursery kindergarten krankenhaus klinik schule universitat bistro brewery".split(
    " ",
  ),
);
const ORGANISATION_OPENINGS = new Set(
  "st saint san santa cafe club banco bank universidad universite hospital klinikum iit iim".split(" "),
);
const NO_NAMES = new Set(
  "ok tv uk eu us usa gp mri ct er a&e diy ceo hr it pc pdf cv dj faq god lord noel paques navidad natale pascua natal skoda volvo toyota honda vw golf fiesta corsa clio peugeot renault fiat vespa tesla bmw audi nissan subaru hyundai christmas xmas easter eid diwali holi ramadan english german french spanish italian turkish hindi american british indian irish thai chinese japanese mexican greek polish portuguese russian dutch swedish korean arabic ukrainian vietnamese swiss scottish welsh african asian european canadian australian brazilian valentine valentine's danish norwegian finnish hungarian romanian persian jewish muslim christian catholic sunday wifi whatsapp instagram facebook youtube netflix spotify google gpay paypal amazon zoom excel iphone phd bbc nhs mot oh fc sir madam".split(
    " ",
  ),
);
/** Titles that are never kin before a name, though the word alone may be. */
const PLAIN_TITLES = new Set("frau herr herrn mr mrs ms miss dr prof professor".split(" "));
const WITH_PERSON = new Set(
  "with w and told tell called asked met saw promised lent owe owes paid gave texted rang emailed thanked mit und con y avec et com e ile ve aur visited phoned helped invited married hugged & for from by bei de".split(
    " ",
  ),
);
const GO_WORDS = new Set(
  "went go going moved moves moving move flew fly flies flying drove drive travel trip train bus flight off back".split(
    " ",
  ),
);
const IRREGULAR = new Set(
  "says said asked rang told got is was has had wants needs thinks thought knows knew came went left took made did does will would can brought gave sent paid lent found lost broke fell sang won hat ist sagt fragt meint kommt war will kann macht wird schreibt ruft braucht ha es dice tiene fue quiere va est dit veut a viene vuole sono foi tem quer disse ne ka ki ko geldi dedi".split(
    " ",
  ),
);

/** Words that are written big as they begin and name nobody: "Hey Nora", "Glad Max liked it", "Life is good". */
const NO_OPENINGS = new Set(
  "hey heya hi hiya hello yeah yep yup yea yay nope wow whoa woah woohoo omg lol haha hmm aww congrats congratulations thx cheers welcome anytime absolutely definitely totally dear bye goodbye hola ciao hallo salut bonjour ola merhaba glad happy sorry proud sad life love home nature music people family friends money".split(
    " ",
  ),
);

/** Common nouns that make a house of the name behind them: studio Marchetti, bar Luna. */
const HOUSE_HEADS = new Set(
  "studio bar cafe restaurant ristorante trattoria pizzeria hotel praxis kanzlei klinik clinica clinique ospedale hopital hospital firma empresa societe ditta scuola ecole lycee colegio instituto escola universita universidad universite garage boulangerie cabinet librairie libreria".split(
    " ",
  ),
);
/** Small-lettered ends of names of houses and streets. */
const HOUSE_TAILS = new Set(
  "hospital school college university clinic academy library airport station street road lane avenue infirmary hospice".split(
    " ",
  ),
);
/** Words after "in" that are no places, where nouns have capitals. */
const NO_PLACES =
  /^(?:arbeit|rente|ordnung|eile|zukunft|urlaub|pension|ruhe|form|sachen|teilzeit|elternzeit|therapie|panik|mode|bewegung)$|(?:ung|heit|keit|schaft|zeit|ion)$/;

/** Ends of German names of houses and streets. */
const HOUSE_ENDING = /(?:park|strasse|platz|allee|heim|stift|viertel|gasse)$/;

/** "on leave until August": a month, though it is a name too. */
const BEFORE_MONTHS = new Set(
  "until till in since by before after of this last next every mid bis im seit nach".split(" "),
);

/** Hindi says so behind it: "August mein", "August ke baad"; "August ko" may as well be told to somebody. */
function isMonthInHindi(reading: Reading, at: number): boolean {
  if (reading.words.language !== "hi") return false;
  const behind = lowAt(reading, at + 1);
  return (
    /^(?:mein?|tak)$/.test(behind) ||
    (behind === "ke" && /^(?:baad|pehle|end|shuru|aakhir|beech)$/.test(lowAt(reading, at + 2))) ||
    /^(?:is|agle|pichhle|pichle)$/.test(lowAt(reading, at - 1))
  );
}

/** Finds names of people, places and organisations. */
export function findNames(reading: Reading): void {
  for (let at = 0; at < reading.tokens.length; at += 1) {
    const last = nameEnd(reading, at);
    if (last < at) continue;
    addName(reading, at, last);
    at = last;
  }
}

function isCandidate(reading: Reading, at: number): boolean {
  const token = reading.tokens[at];
  if (token === undefined || token.isNumber) return false;
  if (!token.isCapital) {
    const hint = token.low.length >= 4 ? reading.nameHint(token.low) : undefined;
    return hint === "person" && sexOfName(token.low) !== undefined && !isOrdinary(reading, token);
  }
  if (NO_NAMES.has(token.low) || reading.words.small.has(token.low) || reading.words.me.has(token.low)) return false;
  // "You've got guts": a word with a verb drawn into it.
  if (/['’](?:ve|re|ll|d|m)$/u.test(token.low)) return false;
  if (reading.words.months.has(token.low) && sexOfName(token.low) === undefined) return false;
  if (reading.words.months.has(token.low) && reading.tokens[at - 1]?.isNumber === true) return false;
  if (reading.words.months.has(token.low) && BEFORE_MONTHS.has(lowAt(reading, at - 1))) return false;
  if (reading.words.months.has(token.low) && isMonthInHindi(reading, at)) return false;
  const day = token.low.replace(/s$/, "");
  if ((reading.words.weekdays.has(token.low) || reading.words.weekdays.has(day)) && token.low.length > 3) return false;
  return true;
}

function isOrdinary(reading: Reading, token: Token): boolean {
  const { words } = reading;
  const english = wordsOf("en");
  return (
    words.openers.has(token.low) ||
    words.small.has(token.low) ||
    words.things.has(token.low) ||
    words.asides.has(token.low) ||
    (words.language !== "de" && english.openers.has(token.low))
  );
}

/** The last word of a name that begins at a word; less than `at` when none does. */
function nameEnd(reading: Reading, at: number): number {
  const token = reading.tokens[at];
  if (token === undefined || !isCandidate(reading, at) || !mayBegin(reading, at, token)) return at - 1;
  let last = at;
  while (last + 1 < reading.tokens.length) {
    const here = reading.tokens[last];
    const next = reading.tokens[last + 1];
    if (here === undefined || next === undefined || next.sentence !== here.sentence) break;
    if (here.isPossessive && lowAt(reading, last - 1) === "st" && PLACE_ENDINGS.has(next.low)) return last + 1;
    if (here.isPossessive || here.ending !== "") break;
    if (next.clause === here.clause && HOUSE_TAILS.has(next.low) && !next.isCapital && reading.words.language === "en")
      return last + 1;
    const joins = next.sign === "&" || next.clause === here.clause;
    if (!joins || !next.isCapital || (!isCandidate(reading, last + 1) && !PLACE_ENDINGS.has(next.low))) break;
    if (
      reading.words.hasCapitalNouns &&
      sexOfName(next.low) === undefined &&
      !isPlaceName(next.low) &&
      !isTitleAt(reading, last)
    )
      break;
    if (conceptAt(reading, last + 1, reading.words.kin) !== undefined) break;
    last += 1;
  }
  return last;
}

function isTitleAt(reading: Reading, at: number): boolean {
  const token = reading.tokens[at];
  return token !== undefined && reading.words.titles.has(token.low);
}

function mayBegin(reading: Reading, at: number, token: Token): boolean {
  const { words } = reading;
  const hint = reading.nameHint(token.low);
  if (isTitleAt(reading, at)) {
    const isOwned =
      words.myPossessive.has(lowAt(reading, at - 1)) ||
      words.hisPossessive.has(lowAt(reading, at - 1)) ||
      words.herPossessive.has(lowAt(reading, at - 1));
    if (isOwned && words.kin.has(token.low)) return false;
    const isFollowed =
      reading.tokens[at + 1]?.isCapital === true && reading.tokens[at + 1]?.sentence === token.sentence;
    return (
      isFollowed &&
      (PLAIN_TITLES.has(token.low) ||
        (conceptOf(words.kin, token.low, words) === undefined && !words.roles.has(token.low)))
    );
  }
  if (conceptOf(words.kin, token.low, words) !== undefined && hint === undefined && sexOfName(token.low) === undefined)
    return false;
  if (words.kin.has(token.low) && !words.isSuffixing) return false;
  if (words.roles.has(token.low) && sexOfName(token.low) === undefined) return false;
  if (hint !== undefined && !isOrdinary(reading, token) && !(token.opens && NO_OPENINGS.has(token.low))) return true;
  if (words.hasCapitalNouns) return mayBeginAmongNouns(reading, at, token);
  if (!token.opens) return true;
  if (NO_OPENINGS.has(token.low)) return false;
  const next = reading.tokens[at + 1];
  if (isPlaceName(token.low)) return true;
  if (isOrdinary(reading, token)) return token.isPossessive && sexOfName(token.low) !== undefined;
  if (sexOfName(token.low) !== undefined) return true;
  if (next !== undefined && next.clause === token.clause && next.isCapital && !next.isNumber)
    return !isCalledAfter(reading, token, next);
  if (token.isPossessive || token.ending !== "") return true;
  const looksLikeWord = /(?:ing|ed|ly|tion|ment|ness|ado|ido|ada|ida)$/.test(token.low);
  const hasVerb =
    next !== undefined && next.clause === token.clause && (IRREGULAR.has(next.low) || /(?:[^s]s|ed)$/.test(next.low));
  return !looksLikeWord && hasVerb && (words.language === "en" || words.language === "hi" || IRREGULAR.has(next.low));
}

/** "Glad Max liked it": a word that is no name, big because it begins, and a known first name behind it. */
function isCalledAfter(reading: Reading, token: Token, next: Token): boolean {
  if (HOUSE_HEADS.has(token.low) || ORGANISATION_OPENINGS.has(token.low) || PLACE_ENDINGS.has(token.low)) return false;
  return sexOfName(next.low) !== undefined || reading.nameHint(next.low) === "person";
}

function mayBeginAmongNouns(reading: Reading, at: number, token: Token): boolean {
  const { words } = reading;
  if (isOrdinary(reading, token)) return false;
  const before = lowAt(reading, at - 1);
  const hasArticle = words.definite.has(before) || words.indefinite.has(before);
  if (sexOfName(token.low) !== undefined) return !hasArticle || !/^(?:im|am|zum|beim)$/.test(before);
  if (isPlaceName(token.low)) return true;
  if (ORGANISATION_OPENINGS.has(token.low) && reading.tokens[at + 1]?.isCapital === true) return true;
  if (
    conceptOf(words.events, token.low, words) !== undefined ||
    words.things.has(token.low) ||
    words.groups.has(token.low)
  )
    return false;
  const isUnknown = words.fields.get(token.low) === undefined;
  if (before === "in" && isUnknown && !NO_PLACES.test(token.low)) return reading.tokens[at + 1]?.isCapital !== true;
  const previous = reading.tokens[at - 1];
  const isTrade =
    previous?.isCapital === true && previous.clause === token.clause && /(?:er|erin|arzt|meister)$/.test(previous.low);
  if (isTrade && isUnknown && IRREGULAR.has(lowAt(reading, at + 1))) return true;
  if (before === "bei" && !hasArticle && words.fields.get(token.low) === undefined) return true;
  if (isTitleAt(reading, at - 1) && reading.tokens[at - 1]?.clause === token.clause) return true;
  if (token.low.length >= 8 && HOUSE_ENDING.test(token.low) && words.fields.get(token.low) === undefined) return true;
  const next = lowAt(reading, at + 1);
  return (
    !token.opens && !hasArticle && IRREGULAR.has(next) && words.small.has(before) && !words.myPossessive.has(before)
  );
}

function addName(reading: Reading, first: number, last: number): void {
  const kind = kindOfName(reading, first, last);
  if (kind === undefined) return;
  const head = reading.tokens[first];
  const isTitled = head !== undefined && last > first && reading.words.titles.has(head.low);
  const nameStart = isTitled ? first + 1 : first;
  const given = sexOfName(lowAt(reading, nameStart));
  const titleSex = isTitled ? sexOfTitle(head.low) : undefined;
  const sex = titleSex ?? (given === "either" ? undefined : given);
  const index = addDraft(
    reading,
    { first, last },
    {
      kind,
      form: "name",
      value: reading.tokens
        .slice(kind === "person" ? nameStart : first, last + 1)
        .map((token) => token.low)
        .join(" "),
      aliases: isTitled ? [reading.text.slice(reading.tokens[nameStart]?.start ?? 0, reading.tokens[last]?.end)] : [],
      confidence: given === undefined && !isTitled ? 0.7 : 0.9,
      ...(kind === "person" && sex !== undefined ? { sex } : {}),
      ...(isTeller(reading, last) ? { isTeller: true as const } : {}),
    },
  );
  const draft = reading.drafts[index];
  const tail = reading.tokens[last];
  if (kind === "person" || draft === undefined || tail?.isPossessive !== true) return;
  // A house that is called by a possessive: St Jude's, Otto's.
  draft.end = tail.end + 2;
  draft.text = reading.text.slice(draft.start, draft.end);
}

function isTeller(reading: Reading, last: number): boolean {
  const next = lowAt(reading, last + 1);
  return (
    reading.words.say.has(next) ||
    /^(?:asked|asks|wants|thinks|emailed|texted|rang|called|phoned|mentioned|reckons|pregunta|demande|chiede|fragt|cherche)$/.test(
      next,
    )
  );
}

const SHE_TITLES = new Set(
  "mrs ms miss madam frau sra senora dona mme mlle madame signora dra aunt auntie tante zia tia nurse".split(" "),
);
const HE_TITLES = new Set("mr sir herr herrn sr senor don m monsieur signor uncle onkel tio zio oncle".split(" "));

function sexOfTitle(low: string): "he" | "she" | undefined {
  if (SHE_TITLES.has(low)) return "she";
  return HE_TITLES.has(low) ? "he" : undefined;
}

function kindOfName(reading: Reading, first: number, last: number): "person" | "place" | "organisation" | undefined {
  const { words } = reading;
  const head = reading.tokens[first];
  const tail = reading.tokens[last];
  if (head === undefined || tail === undefined) return undefined;
  const value = foldWord(reading.text.slice(head.start, tail.end));
  const hint = reading.nameHint(value);
  if (hint !== undefined) return hint;
  if (reading.tokens.slice(first + 1, last + 1).some((token) => token.sign === "&")) return "organisation";
  if (isTitleAt(reading, first) && last > first) return "person";
  if (HOUSE_HEADS.has(lowAt(reading, first - 1)) && reading.tokens[first - 1]?.clause === head.clause)
    return "organisation";
  if (last > first && PLACE_ENDINGS.has(tail.low)) return "place";
  if (last > first && ORGANISATION_ENDINGS.has(tail.low)) return "organisation";
  if (last > first && ORGANISATION_OPENINGS.has(head.low))
    return /^(?:san|santa)$/.test(head.low) ? "place" : "organisation";
  if (words.language === "de" && HOUSE_ENDING.test(tail.low))
    return /(?:park|heim|stift)$/.test(tail.low) ? "organisation" : "place";
  const given = sexOfName(head.low);
  const before = lowAt(reading, first - 1);
  const beforeThat = lowAt(reading, first - 2);
  const next = reading.tokens[last + 1];
  const ownsNext =
    tail.isPossessive &&
    next !== undefined &&
    next.clause === tail.clause &&
    !next.isCapital &&
    !words.small.has(next.low);
  if (given !== undefined && ownsNext) return "person";
  if (givesWork(reading, first - 1) && words.definite.has(before) && words.language === "en") return "organisation";
  if (
    given === undefined &&
    /^(?:on|in)$/.test(lowAt(reading, last + 1)) &&
    PLACE_ENDINGS.has(lowAt(reading, last + 3))
  )
    return "organisation";
  const actsLikePerson = words.language === "en" && !words.placePrepositions.has(before) && isVerbAfter(reading, last);
  if (isPlaceName(value) && actsLikePerson) return "person";
  if (isPlaceName(value.replaceAll(" ", "-")) && !(given !== undefined && WITH_PERSON.has(before))) return "place";
  if (givesWork(reading, first)) return "organisation";
  const isAtSomebodys =
    given !== undefined && tail.isPossessive && !reading.tokens.some((token) => words.events.has(token.low));
  if (words.atPrepositions.has(before) && isAtSomebodys) return "person";
  if (words.atPrepositions.has(before) && words.language === "en") return kindAfterAt(reading, tail);
  if (words.definite.has(before) && words.language !== "es") return kindAfterArticle(reading, first, last);
  if (given !== undefined) return "person";
  if (before === "to" || before === "from")
    return GO_WORDS.has(beforeThat) || isMoving(reading, first) ? "place" : "person";
  if (words.placePrepositions.has(before)) return isSuffixOfPlace(tail) ? "place" : placeOrOrganisation(reading, first);
  if (words.isSuffixing && /^(?:de|da|te|ta|den|dan|ten|tan)$/.test(tail.ending))
    return last > first ? "organisation" : "place";
  if (/^(?:mein|mei)$/.test(lowAt(reading, last + 1)) && words.language === "hi") return "organisation";
  if (words.groups.has(before) || (/^(?:called|named|llama|heisst)$/.test(before) && beforeThat === "se"))
    return "organisation";
  if (/^[A-Z]{2,}$/.test(tail.text)) return undefined;
  return "person";
}

/** joins, says, kissed: a word of doing right behind a name. */
function isVerbAfter(reading: Reading, last: number): boolean {
  const next = reading.tokens[last + 1];
  const here = reading.tokens[last];
  if (next === undefined || here === undefined || next.clause !== here.clause || here.isPossessive) return false;
  return /^(?:says|said|asked|told|rang|joins|thinks|wants|grew|kissed|cried|laughed|got|has|came|brought|made|gave|texted|called|sent|took|knows|loves|hates)$/.test(
    next.low,
  );
}

function isSuffixOfPlace(tail: Token): boolean {
  return PLACE_ENDINGS.has(tail.low);
}

function placeOrOrganisation(reading: Reading, first: number): "place" | "organisation" {
  return /^(?:presso|chez)$/.test(lowAt(reading, first - 1)) ? "organisation" : "place";
}

function isMoving(reading: Reading, first: number): boolean {
  for (let at = first - 2; at >= Math.max(0, first - 5); at -= 1) if (GO_WORDS.has(lowAt(reading, at))) return true;
  return false;
}

/** A word of working close before, and a preposition: started at, job at, bei … angefangen. */
function givesWork(reading: Reading, first: number): boolean {
  const before = lowAt(reading, first - 1);
  const isPreposition = /^(?:at|for|with|bei|chez|na|no|en|in|presso|da|alla|joined|left|to)$/.test(before);
  if (!isPreposition) return false;
  if (before === "for" && sexOfName(lowAt(reading, first)) !== undefined) return false;
  if (/^(?:joined|left)$/.test(before)) return sexOfName(lowAt(reading, first)) === undefined;
  if (before === "to") return false;
  if (before === "bei") return sexOfName(lowAt(reading, first)) === undefined;
  if (before === "with") return false;
  for (let at = first - 2; at >= Math.max(0, first - 6); at -= 1) {
    if (
      isIn(reading, at, reading.words.workAt) ||
      /^(?:day|trabalho|desk|office|interview|volunteering|volunteer|placement|traineeship|apprenticeship|gig_at|role|position|contract|entrevista|entretien|colloquio|vorstellungsgesprach|mulakat)$/.test(
        lowAt(reading, at),
      )
    )
      return !(before === "in" && isPlaceName(lowAt(reading, first)));
  }
  return false;
}

function kindAfterAt(reading: Reading, tail: Token): "place" | "organisation" {
  if (ORGANISATION_ENDINGS.has(tail.low)) return "organisation";
  const isHealth = reading.tokens.some((token) => reading.words.fields.get(token.low)?.includes("health") === true);
  const isSchool = reading.tokens.some((token) =>
    /^(?:year|class|teacher|student|study|studying|manager|client)$/.test(token.low),
  );
  return isHealth || isSchool ? "organisation" : "place";
}

/** `at the Lamb`, `the Royal`: a house with a name; `the Times`: not ours. */
function kindAfterArticle(
  reading: Reading,
  first: number,
  last: number,
): "person" | "place" | "organisation" | undefined {
  const { words } = reading;
  if (words.hasCapitalNouns || words.language !== "en") {
    if (/^(?:it|pt)$/.test(words.language) && sexOfName(lowAt(reading, first)) !== undefined) return "person";
    if (/^(?:na|no|nas|nos)$/.test(lowAt(reading, first - 1))) return "organisation";
    return /^(?:du|des|del|della|de|di|au|do|da)$/.test(lowAt(reading, first - 1)) ||
      sexOfName(lowAt(reading, first)) !== undefined
      ? "person"
      : undefined;
  }
  const next = reading.tokens[last + 1];
  const modifies =
    next !== undefined &&
    next.clause === reading.tokens[last]?.clause &&
    !words.small.has(next.low) &&
    !next.isCapital &&
    !/(?:ed|s)$/.test(next.low);
  if (modifies) return undefined;
  const preposition = lowAt(reading, first - 2);
  const isHealth = reading.tokens.some((token) => words.fields.get(token.low)?.includes("health") === true);
  if (isHealth) return "organisation";
  return words.atPrepositions.has(preposition) || words.placePrepositions.has(preposition) || last > first
    ? "place"
    : undefined;
}
