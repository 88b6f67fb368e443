/**
 * Questions about the life of somebody who is named: where they live, work and come from, what their work is, how old they are, when
 * their birthday is. Pure; English and German forms.
 *
 * Guarantees: it is answered by what they say of themselves, or by a sentence that says so of them; what says so of somebody who stands
 * nearer to its verb ("Ann told me that Bob moved to Rome") is no answer about Ann.
 * It does not: know who "she" is when several were named in another message.
 */
import { extractFromText, ME, type RelationType, sexOfName } from "@kaelix/intelligence";
import { nameWords } from "@kaelix/views";

import type { AimedQuestion } from "./aimed-question.ts";
import { namedIn } from "./follow-up/named.ts";
import { isNamedIn } from "./of-whom.ts";
import { isOver, saysFact } from "./own-facts.ts";
import { splitSentences } from "./sentences.ts";

interface Form {
  readonly asks: readonly RegExp[];
  /** What is said of somebody, and what somebody says of themself. */
  readonly says: RegExp;
  readonly saysSelf: RegExp;
  /** What is looked for beside the name. */
  readonly text: string;
  /** The relation that says the same, where there is one. */
  readonly type?: RelationType;
  /** True: what stands may have changed with the day, and is told with it. */
  readonly isOfItsDay?: true;
  /** True: without the name the question is all grammar, and whatever names them would hold its words. */
  readonly isGrammar?: true;
}

const NO_NAME = "(?:I|me|we|you|it|this|that|there|he|she|they|ich|wir|du|ihr|er|sie|es|das|man)(?![\\p{L}'’])";
const NAME = String.raw`(?<name>(?!${NO_NAME})(?:(?:my|our|the|mein\p{L}*|unser\p{L}*|der|die) )?\p{L}[\p{L}.-]*(?:['’](?!s\b)\p{L}+)?(?: (?!now|jetzt|working|beruflich)\p{L}[\p{L}.-]*){0,2}?)`;
/** "Rob's", "Jens'", and "robs" of who types no apostrophe. */
const OWNER = String.raw`${NAME}(?:['’]s?)?`;
const NOW = "(?: now| these days| currently| at the moment| jetzt| gerade| derzeit| eigentlich)?";

/** A question that is all of one form. */
function asks(...forms: readonly string[]): readonly RegExp[] {
  return forms.map((form) => new RegExp(String.raw`^[\s¿]*${form}[\s?!.]*$`, "iu"));
}

/** A form that stands anywhere in a sentence, as whole words. */
function holds(...forms: readonly string[]): RegExp {
  return new RegExp(String.raw`(?<!\p{L})(?:${forms.join("|")})(?!\p{L})`, "u");
}

const BE = "(?:['’]s|is|are|was|were|will be)";
const YEARS = String.raw`\d{1,3}(?:st|nd|rd|th|\.)?`;

const MAIL_ADDRESS = /[^\s@]@[^\s@]+\.\p{L}{2,}/u;
const PHONE_NUMBER = /(?<![\p{L}\d])\+?\d(?:[ /()-]{0,2}\d){6,14}(?!\d)/u;
/** Whoever starts at a place works there. */
const STARTING = String.raw`[Ff]irst day (?:at|with) (?:the |a |my new )?\p{Lu}\p{L}+|(?:Job|Stelle|Arbeitsplatz|Praktikum)(?: \p{L}+){0,2} (?:bei|beim|im|in|an|am)|[Ee]rster (?:Arbeitst|T)ag (?:bei|beim|im|an)`;
/** Whoever leaves a place worked there. */
const LEAVING = String.raw`(?:(?:handed in|gave|given|put in) (?:my|his|her|their) (?:notice|resignation)|left (?:my|his|her|their) (?:job|position|post)|quit|resigned)(?: \p{L}+){0,3} (?:at|from|as|with)`;

const FORMS: readonly Form[] = [
  {
    asks: asks(
      `what(?: ?${BE}) ${OWNER} (?:new |current )?(?:e-?mail|mail)(?: address| adress)?`,
      `(?:was|wie) (?:ist|lautet) ${OWNER} (?:neue |aktuelle )?(?:e-?mail|mail)-?(?:adresse)?`,
    ),
    says: MAIL_ADDRESS,
    saysSelf: MAIL_ADDRESS,
    text: "email mail address E-Mail Adresse",
    isOfItsDay: true,
  },
  {
    asks: asks(
      `what(?: ?${BE}) ${OWNER} (?:new |current )?(?:(?:phone|mobile|cell|telephone)(?: number)?|number)`,
      `(?:was|wie) (?:ist|lautet) ${OWNER} (?:neue |aktuelle )?(?:(?:telefon|handy)-?(?:nummer)?|nummer)`,
    ),
    says: PHONE_NUMBER,
    saysSelf: PHONE_NUMBER,
    text: "phone mobile number call Telefon Handy Nummer",
    isOfItsDay: true,
    isGrammar: true,
  },
  {
    asks: asks(
      `when(?: ?${BE}) ${OWNER} (?:birthday|bday)`,
      `when(?: ?${BE}) the birthday of ${NAME}`,
      `when (?:does|did) ${NAME} (?:have (?:his|her|their) birthday|celebrate (?:his|her|their) birthday)`,
      `wann (?:hat|hatte) ${NAME} geburtstag`,
      `wann (?:ist|war) (?:der geburtstag von ${NAME}|${OWNER.replace("name", "other")} geburtstag)`,
    ),
    says: holds(
      String.raw`[Bb]irthday|[Bb]day|Geburtstag\p{L}*|born|geboren`,
      String.raw`turn(?:s|ed|ing) ${YEARS}|(?:wird|wurde) ${YEARS}`,
    ),
    saysSelf: holds(
      String.raw`[Mm]y (?:${YEARS} )?(?:birthday|bday)|[Mm]ein\p{L}* (?:${YEARS} )?Geburtstag\p{L}*`,
      String.raw`I(?:['’]m| was)? (?:turn(?:ed|ing)? ${YEARS}|born)`,
      String.raw`(?:[Ii]ch (?:habe?|hatte|feiere)|(?:habe?|hatte|feiere) ich)(?: [\p{L}\d.]+){0,5} Geburtstag`,
      String.raw`zum ${YEARS} Geburtstag`,
    ),
    text: "birthday born turned Geburtstag geboren",
    isGrammar: true,
  },
  {
    asks: asks(
      `how old ${BE} ${NAME}${NOW}`,
      `what${BE} ${OWNER} age`,
      `wie alt (?:ist|sind|war|wird)${NOW} ${NAME}${NOW}`,
    ),
    says: holds(
      String.raw`(?:is|['’]s|was|be|being|are)(?: now| already| just| only| almost| nearly)? ${YEARS}(?=\s*(?:[.,;!)\p{Emoji_Presentation}]|$)| (?:now|today|already|and|years?|yrs?)(?!\p{L}))`,
      String.raw`(?:turn(?:s|ed|ing)?|aged?|became) ${YEARS}`,
      String.raw`${YEARS}[- ](?:years?|yrs?)[- ]old`,
      String.raw`${YEARS} (?:[Bb]irthday|Geburtstag)`,
      String.raw`(?:ist|wird|wurde|sind|war)(?: jetzt| schon| heute| bald| gerade| erst)* ${YEARS}(?: Jahre| geworden|\s*[.,;!]|$)`,
      String.raw`\d{1,3}(?: Jahre alt|-?jährig\p{L}*)`,
    ),
    saysSelf: holds(
      String.raw`I(?:['’]m| am)(?: now| already| just| only)? ${YEARS}(?=\s*[.,;!]|$| (?:now|today|already|and|years?)(?!\p{L}))`,
      String.raw`I(?:['’]m)? turn(?:ed|ing)? ${YEARS}`,
      String.raw`(?:[Mm]y|[Mm]ein\p{L}*|zum) ${YEARS} (?:[Bb]irthday|Geburtstag)`,
      String.raw`(?:[Ii]ch (?:bin|werde|wurde)|(?:bin|werde|wurde) ich)(?: jetzt| schon| heute| bald| gerade)* ${YEARS}(?: Jahre| geworden|\s*[.,;!]|$)`,
    ),
    text: "old age years turned birthday alt Jahre Geburtstag geworden",
    isOfItsDay: true,
    isGrammar: true,
  },
  {
    asks: asks(
      `where(?: ?${BE}) ${NAME}(?: originally)? from(?: originally)?`,
      `where (?:do|does|did) ${NAME}(?: originally)? come from(?: originally)?`,
      `(?:what|which) (?:country|city|town|place) (?:(?:is|are|was) ${NAME}|does ${NAME.replace("name", "other")} come) from`,
      `woher (?:kommt|stammt|ist|kommen|stammen|sind) ${NAME}${NOW}`,
      `wo kommt ${NAME}${NOW} her`,
      `aus welche[rm] (?:land|stadt|ort) (?:kommt|stammt|ist) ${NAME}`,
    ),
    says: holds(
      String.raw`(?:is|['’]s|are|was|were|comes?|came)(?! (?:just |now )?(?:back|home|away))(?: \p{L}+){0,2} from (?:the )?\p{Lu}\p{L}+`,
      String.raw`(?:grew up|was born|born and raised|raised) in \p{Lu}\p{L}+`,
      String.raw`(?:kommt|stammt|kam|ist|sind|stammen|kommen)(?: \p{L}+){0,2} aus (?:der |den |dem )?\p{Lu}\p{L}+`,
      String.raw`in \p{Lu}\p{L}+ (?:geboren|aufgewachsen)`,
    ),
    saysSelf: holds(
      String.raw`I(?:['’]m| am| come| came)(?: originally)? from (?:the )?\p{Lu}\p{L}+`,
      String.raw`I (?:grew up|was born) in \p{Lu}\p{L}+`,
      String.raw`(?:[Ii]ch (?:komme|stamme|bin)|(?:komme|stamme) ich)(?: \p{L}+)? aus (?:der |den |dem )?\p{Lu}\p{L}+`,
    ),
    text: "from comes originally born grew kommt stammt aus geboren",
    isGrammar: true,
  },
  {
    asks: asks(
      `where (?:do|does|did) ${NAME}${NOW} live${NOW}`,
      `where(?: ?${BE}) ${NAME}${NOW} living${NOW}`,
      `(?:in )?(?:what|which) (?:city|town|country|village|street) (?:do|does|did) ${NAME} live(?: in)?${NOW}`,
      `wo (?:wohn|leb)(?:t|en|te|ten)${NOW} ${NAME}${NOW}`,
      `in welche[rm] (?:stadt|ort|land|dorf|straße) (?:wohnt|lebt) ${NAME}${NOW}`,
      `what(?: ?${BE}) ${OWNER} (?:new |current |home |postal )?address`,
      `(?:was|wie) (?:ist|lautet) ${OWNER} (?:neue |jetzige )?(?:adresse|anschrift)`,
      `(?:who (?:do|does|did) ${NAME} live with|with whom (?:do|does|did) ${NAME.replace("name", "other")} live)${NOW}`,
      `(?:bei|mit) wem (?:wohnt|lebt) ${NAME}${NOW}`,
    ),
    says: holds(
      String.raw`(?:lives?|living|lived|moved|moving|moves|relocated|relocating|settled|resides?|staying)(?: \p{L}+){0,2} (?:in|at|near|to|on|with|by)`,
      String.raw`(?:flat|apartment|house|home|place|cottage)(?:['’]s| is| was)(?: \p{L}+){0,2} (?:in|at|near|on|above|behind|opposite|next to|by)`,
      String.raw`address(?:['’]s| is| was|:)|(?:[Aa]dresse|[Aa]nschrift)(?: ist| lautet|:)`,
      String.raw`visit(?:s|ed|ing)(?: us| me)? from \p{Lu}\p{L}+|aus \p{Lu}\p{L}+(?: \p{L}+){0,4} zu Besuch|zu Besuch aus \p{Lu}\p{L}+`,
      String.raw`(?:wohnt|lebt|wohnen|leben|wohnte|lebte)(?: \p{L}+){0,3} (?:in|im|bei|beim|an|am|auf|nahe)`,
      String.raw`(?:Wohnung|Haus|Zimmer)(?: ist| liegt)(?: \p{L}+){0,2} (?:in|im|an|am|auf|bei|beim|über|neben|hinter|gegenüber)`,
      String.raw`(?:ist|sind|zieht|ziehen)(?: \p{L}+){0,3} nach \p{Lu}\p{L}+`,
    ),
    saysSelf: holds(String.raw`(?:I|[Ww]e) moved(?: \p{L}+){0,2} to`),
    text: "live lives living moved address flat house visiting wohnt lebt gezogen Wohnung Adresse",
    type: "lives_in",
  },
  {
    asks: asks(
      `where (?:do|does|did) ${NAME}${NOW} work(?: before| previously| then)?${NOW}`,
      `where(?: ?${BE}) ${NAME}${NOW} working${NOW}`,
      `(?:who|what company) (?:do|does|did) ${NAME} work for${NOW}`,
      `what(?: ?${BE}) ${OWNER} (?:current |new )?(?:job|profession|occupation|work|employer)`,
      `what(?: ?${BE}) the (?:job|profession|occupation) of ${NAME}`,
      `what (?:do|does|did) ${NAME} do(?: for (?:a living|work)| professionally)?${NOW}`,
      `wo arbeite(?:t|n|te|ten)${NOW} ${NAME}${NOW}`,
      `(?:bei|für) we[mn] arbeitet ${NAME}${NOW}`,
      `was (?:macht|arbeitet|ist) ${NAME}${NOW} (?:beruflich|von beruf)`,
      `was (?:macht|ist) ${NAME} von beruf`,
      `(?:was|wer|wie) ist ${OWNER} (?:beruf|job|arbeit|arbeitgeber)`,
      `welche[nr] (?:beruf|job) hat ${NAME}`,
    ),
    says: holds(
      String.raw`(?:works|worked|working)(?: \p{L}+){0,3} (?:at|for|in|as|from|with)`,
      String.raw`(?:is|['’]s|are|was|became|becomes)(?: now| still)? an?(?: \p{L}+)? (?!(?:lover|member|number|winner|beginner|liar|monster|killer|teenager|toddler|stranger|patient|parent|owner|father|mother|brother|sister|partner|daughter|customer|neighbou?r|author|minor|adolescent|vegetarian|christian|list|artist)(?!\p{L}))(?:\p{L}{2,}(?:er|or|ist|ian|eer|ant)|nurse|cook|chef|judge|pilot|coach|clerk|vet|artist|student|architect)`,
      String.raw`(?:is|was) (?:a |an |the )?(?:\p{L}+ )?(?:manager|head|director|boss) (?:at|of)`,
      String.raw`(?:job|position|career|internship)(?: \p{L}+){0,3} (?:at|as|in|with|is)`,
      String.raw`(?:got hired|was hired|started|starts|employed)(?: \p{L}+){0,3} (?:at|by|as)`,
      String.raw`(?:arbeitet|arbeiten|arbeitete|jobbt)(?: \p{L}+){0,3} (?:bei|beim|für|in|im|am|an|als)`,
      String.raw`(?:ist|war|wird|wurde)(?: jetzt)?(?: ein| eine)? \p{Lu}\p{L}+(?:erin|er|istin|ist|ärztin|arzt|kauffrau|kaufmann|ingenieur|ingenieurin|eur|eurin|pfleger|pflegerin) (?:bei|beim|im|in|an|am|von Beruf)`,
      String.raw`von Beruf \p{Lu}\p{L}+`,
      STARTING,
      LEAVING,
    ),
    saysSelf: holds(
      STARTING,
      String.raw`I(?:['’]ve| have)? ${LEAVING}`,
      String.raw`I(?:['’]m| am)(?: now| still)? an? \p{L}+(?:er|or|ist|ian|eer|ant|nurse|cook|chef|pilot)(?: now| at| for| in|[.,!]|$)`,
      String.raw`[Mm]y (?:new |current )?(?:job|position|internship)(?: \p{L}+){0,3} (?:at|as|in|with|is|starts)`,
    ),
    text: "works job work company office started profession arbeitet Arbeit Beruf Firma",
    type: "works_at",
  },
];

/** Reads such a question; undefined for any other. */
export function readTheirQuestion(question: string): AimedQuestion | undefined {
  for (const form of FORMS) {
    for (const pattern of form.asks) {
      const groups = pattern.exec(question)?.groups;
      const name = groups?.["name"] ?? groups?.["other"];
      if (name !== undefined)
        return askedOf(name, form, /(?<!\p{L})(?:did|was|were|\p{L}+ten?)(?!\p{L})/iu.test(question));
    }
  }
  return undefined;
}

/** Longer texts are looked through so far. */
const READ_LENGTH_MAX = 2_048;

/** Words before a name that are none. */
const BESIDE_NAMES = /^(?:my|our|the|der|die|mein\p{L}*|unser\p{L}*|herrn?|frau|mrs?|ms|dr)$/u;

function askedOf(name: string, form: Form, isOfThen: boolean): AimedQuestion {
  const names = nameWords(name).filter((word) => !BESIDE_NAMES.test(word));
  // "Papas Geburtstag": German writes no apostrophe, and neither does who is in a hurry.
  const forms = names.map((word) => [word, word.endsWith("s") ? word.slice(0, -1) : `${word}s`]);
  const isThem = (text: string): boolean =>
    forms.length > 0 && forms.every((words) => words.some((word) => isNamedIn(text, word)));
  return {
    text: `${name} ${form.text}`,
    wanted: form.isOfItsDay === true ? "newest" : "one",
    isOfAsker: false,
    otherwise: form.isGrammar === true && isProperName(name) ? "nothing" : "words",
    isAnsweredBy: ({ occurredAtMs, speaker, text: whole }, language) => {
      const text = whole.slice(0, READ_LENGTH_MAX);
      const isSelf = speaker !== undefined && isThem(speaker);
      if (!isSelf && !isThem(text)) return false;
      const told = splitSentences(text)
        .map((sentence) => sentence.text)
        .filter(
          (sentence) => !sentence.endsWith("?") && (isOfThen || form.type === undefined || !isOver(sentence, language)),
        );
      if (isSelf && told.some((sentence) => saysOfSelf(sentence, form))) return true;
      if (
        told.some((sentence, at) => saysOf(sentence, { before: told.slice(0, at).join(" "), says: form.says, isThem }))
      )
        return true;
      return (
        form.type !== undefined &&
        told.length > 0 &&
        isRelated(text, { at: occurredAtMs, language, isSelf, isThem, type: form.type })
      );
    },
  };
}

/** "The kitten" is a word of the question, "Ann" is not. */
function isProperName(name: string): boolean {
  return /^\p{Lu}/u.test(name) || sexOfName(nameWords(name)[0] ?? "") !== undefined;
}

function saysOfSelf(sentence: string, { saysSelf, type }: Form): boolean {
  return saysSelf.test(sentence) || (type !== undefined && saysFact(sentence, type));
}

/** Who says so of themself or of whom they speak to. */
const OF_SPEAKERS = /(?<!\p{L})(?:I|[Ww]e|[Yy]ou|[Ii]ch|[Ww]ir|[Dd]u)(?:['’]\p{L}+)?(?: \p{L}+){0,2}\s*$/u;

interface SaidBefore {
  /** The sentences before it. */
  readonly before: string;
  readonly says: RegExp;
  readonly isThem: (text: string) => boolean;
}

/** True when a sentence says so of somebody, and of nobody else who is named nearer to it. */
function saysOf(sentence: string, { before, isThem, says }: SaidBefore): boolean {
  const found = says.exec(sentence);
  if (found === null) return false;
  const head = sentence.slice(0, found.index);
  if (OF_SPEAKERS.test(head)) return false;
  const read = `${before} ${head}`;
  const nearest = namedIn(read, { onlyKnown: true }).findLast(({ kind }) => kind === "person");
  if (nearest !== undefined) return isThem(nearest.text) || isThem(read.slice(nearest.end));
  // "The 18th birthday of Ann": of whom it is stands behind.
  return isThem(`${before} ${sentence}`);
}

interface Related {
  /** Epoch ms. */
  readonly at: number;
  readonly language: string;
  readonly isSelf: boolean;
  readonly isThem: (text: string) => boolean;
  readonly type: RelationType;
}

/** True when a text relates somebody to where they live or work. */
function isRelated(text: string, { at, isSelf, isThem, language, type }: Related): boolean {
  const { facts, mentions } = extractFromText(text, { at: new Date(at).toISOString(), language });
  return facts.some((fact) => {
    if (fact.type !== type) return false;
    if (fact.from === ME) return isSelf;
    const of = mentions[fact.from];
    // Who tells it is rarely whom it is of.
    return of !== undefined && of.isTeller !== true && isThem(of.text);
  });
}
