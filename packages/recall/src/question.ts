/**
 * What a question wants besides its words: one thing, a list, a count, the last or the first time; and the day it asks as of. Pure.
 * In eight languages the commonest forms; in others the kind of question still shows (parseQuery).
 */
import { asksForSeveral, findTimes } from "@kaelix/views";

/** What sort of answer is wanted; `newest`: what stands of what changes; `time`: what there is of a time; `ahead`: what is planned for one. */
export type Wanted = "one" | "newest" | "list" | "count" | "last" | "first" | "time" | "ahead";

/** A question taken apart. */
export interface Question {
  /** Without its "as of …", and without the words that only ask for an order. */
  readonly text: string;
  readonly wanted: Wanted;
  /** Nothing is asked but who somebody is: the name, or what they are called. */
  readonly who?: string;
  /** Only what occurred before this moment counts. */
  readonly asOfMs?: number;
  /** Nothing but a time is asked for: "What happened in May 2024?" `[fromMs, toMs)`. */
  readonly span?: { readonly fromMs: number; readonly toMs: number };
}

const COUNT_PATTERN =
  /\bhow (often|frequently|many times)\b|\bwie (oft|viele male)\b|\bcombien de fois\b|\bcuántas veces\b|\bquante volte\b|\bquantas vezes\b|\bkaç (kere|kez|defa)\b|\bkitni baar\b/iu;
const LAST_PATTERN =
  /\bwhen (did|was|have|had|were)\b.*\b(last|latest|most recent(ly)?)\b|\bthe (last|latest|most recent) time\b|\bwann\b.*\b(zuletzt|(?:das )?letzte[ns]? mal)\b|\b(?:cuándo|quand|quando)\b.* (?:la |a )?(?:última vez|dernière fois|ultima volta)\b|\ben son ne zaman\b|\b(?:aakhri|pichhli) baar\b/iu;
const FIRST_PATTERN =
  /\bwhen\b.*\bfirst\b|\bthe first time\b|\bwann\b.*\bzum ersten mal\b|\b(?:cuándo|quand|quando)\b.* (?:por |la |pela )?(?:primera vez|première fois|prima volta|primeira vez)\b|\bilk (?:kez|kere|defa)\b|\bpehli baar\b/iu;
const ORDER_WORDS =
  /\b(the )?(last|latest|most recent(ly)?|first|zuletzt)( time)?\b|\b(?:(?:das )?letzte[ns]? mal|zum ersten mal)\b|(?<!\p{L})(?:(?:por |la |a |pela )?(?:última vez|primera vez|dernière fois|première fois|ultima volta|prima volta|primeira vez)|en son|ilk (?:kez|kere|defa)|(?:aakhri|pichhli|pehli) baar)(?!\p{L})/giu;
/** "Go climbing" is said of what is told as "climbing"; "how many times" asks for no memory that holds "times". */
const GOING_PATTERN = /\b(?:go|goes|going|gone|been|went)\s+(?=\p{L}{2,}ing\b)/giu;
const MANY_TIMES_PATTERN = /\bhow many times\b/giu;
const FOREIGN_TIMES_PATTERN =
  /\b(?:wie oft|wie viele male|combien de fois|cuántas veces|quante volte|quantas vezes|kaç (?:kere|kez|defa)|kitni baar)\b/giu;
/** Whatever is known of somebody or something: no memory need hold "know" or "tell". */
const ABOUT_PATTERN = new RegExp(
  [
    String.raw`^\s*(?:what (?:do|did) (?:i|we|you) (?:know|remember|have)|what have (?:i|we) (?:told you|said)|what can you tell me|(?:please )?tell me(?: everything| all| more| something)?)(?: that)?(?: (?:i|you|we) know)? (?:about|of|on)`,
    String.raw`^\s*(?:was (?:weiß|weiss|weißt|wissen) (?:ich|du|wir)(?: alles)?|(?:erzähle?|sage?) mir(?: alles| mehr| etwas)?) (?:über|von)`,
    String.raw`^\s*(?:¿?\s*qué (?:sé|sabes|sabemos)|(?:cuéntame|dime|háblame)(?: todo| más| algo)?) (?:de|sobre)`,
    String.raw`^\s*(?:que sais-je|qu['’]est-ce que je sais|que sait-on|(?:dis|parle|raconte)-moi(?: tout| plus)?) (?:de|sur)`,
    String.raw`^\s*(?:(?:che )?cosa (?:so|sai|sappiamo)|(?:dimmi|parlami)(?: tutto| qualcosa)?) (?:di|su)`,
    String.raw`^\s*(?:o que (?:sei|sabes|sabemos)|(?:conta|fala|diz)-me(?: tudo| mais)?) (?:de|do|da|sobre)`,
    String.raw`\s+hakkında ne biliyor(?:um|uz|sun)`,
    String.raw`\s+ke ba?are (?:mein|me) kya (?:pata|maloom)`,
  ]
    .map((form) => String.raw`(?:${form})(?!\p{L})`)
    .join("|"),
  "iu",
);
/** "Where does Carla live now?" asks for what stands; no memory need hold "now", unless it is in quotes. Italian "ora" is left: it is an hour too. */
const NOW_PATTERN = new RegExp(
  [
    String.raw`(?:right |just )?now|currently|presently|nowadays|at (?:the moment|present)|(?:in )?these days`,
    String.raw`jetzt|derzeit|zurzeit|zur zeit|momentan|aktuell|heutzutage|im (?:moment|augenblick)`,
    "maintenant|actuellement|en ce moment|à présent",
    "ahora(?: mismo)?|actualmente|en este momento|hoy en día",
    "adesso|attualmente|al momento|in questo momento",
    "agora(?: mesmo)?|atualmente|neste momento|hoje em dia",
    "şimdi|şu an(?:da)?|bugünlerde",
    "abhi|aaj ?kal|filhal|is waqt",
  ]
    .map((form) => String.raw`(?<![\p{L}-])(?:${form})(?![\p{L}-])`)
    .concat(String.raw`"[^"]*"`)
    .join("|"),
  "giu",
);
const HAPPENED_PATTERN =
  /^\s*what(?: all| else)?(?:['’]s| is| was| were)?\s+(?:happened|happening|happens|went on|going on|new|did (?:i|we) do|have (?:i|we) done|(?:i|we) did|(?:i|we) (?:doing|up to))\b|^\s*was\s+(?:ist|war|geschah|passierte|habe ich|haben wir|hab ich|machte ich|machten wir)(?: alles| so| denn)?(?!\p{L})/iu;
/** "Who is Priya?": nothing is asked but who somebody is. */
const WHO_IS_PATTERN =
  /^\s*(?:who(?:['’]s| is| was| are)|wer (?:ist|war|sind))\s+(?<name>\p{L}+\.?(?:\s+\p{L}+\.?){0,2})[\s?]*$/iu;
/** Longer ones ask for more, or are no question. */
const WHO_IS_LENGTH_MAX = 100;
const AS_OF_PATTERN = /(?:[,;]\s*|(?<!\s)\s+|(?<!\s))\bas of\b\s+(?:the end of\s+)?/iu;

/** "Whats her name", "who isnt coming" as they are spelled with apostrophes, which every reading of a question knows. */
export function withApostrophes(text: string): string {
  return text
    .replace(/^(\s*(?:what|where|who|when|how))(s|re)(?=\s)/iu, "$1'$2")
    .replace(/(?<!\p{L})((?:is|are|was|were|do|does|did|has|have|had|would|could|should|ca|wo)n)t(?!\p{L})/giu, "$1't");
}

/** Takes a question apart. `nowMs` is when it is asked, for "as of last month". */
export function readQuestion(text: string, nowMs: number): Question {
  const split = splitAsOf(text, nowMs);
  const { asOfMs } = split;
  const wanted = wantedBy(split.rest);
  const who = whoIsAsked(split.rest);
  const span = spanAlone(split.rest, nowMs);
  return {
    text: matterOf(split.rest, wanted),
    wanted,
    ...(who === undefined ? {} : { who }),
    ...(asOfMs === undefined ? {} : { asOfMs }),
    ...(span === undefined ? {} : { span }),
  };
}

/** The words that memories are looked for by, without those that only say what is to become of them. */
function matterOf(text: string, wanted: Wanted): string {
  if (wanted === "one" || wanted === "list")
    return text
      .replace(ABOUT_PATTERN, " ")
      .replace(NOW_PATTERN, (found) => (found.startsWith('"') ? found : " "))
      .replace(/\s+/gu, " ")
      .trim();
  // "last" and "first" ask for an order; no memory need hold them.
  const rest =
    wanted === "count"
      ? text.replace(MANY_TIMES_PATTERN, "how often").replace(FOREIGN_TIMES_PATTERN, " ")
      : text.replace(ORDER_WORDS, " ");
  return rest.replace(GOING_PATTERN, "").replace(/\s+/gu, " ");
}

/** Of a question for nothing but who somebody is, the name or what they are called. */
function whoIsAsked(text: string): string | undefined {
  return text.length > WHO_IS_LENGTH_MAX ? undefined : WHO_IS_PATTERN.exec(text)?.groups?.["name"];
}

/** The time of a question that asks for nothing besides. */
function spanAlone(text: string, nowMs: number): Question["span"] {
  const asked = HAPPENED_PATTERN.exec(text);
  if (asked === null) return undefined;
  const behind = text.slice(asked[0].length);
  const language = /^\s*was\b/iu.test(text) ? "de" : "en";
  const [time, ...others] = findTimes(behind, { atMs: nowMs, language });
  if (time === undefined || others.length > 0) return undefined;
  const beside = `${behind.slice(0, time.start)} ${behind.slice(time.end)}`;
  return /^(?:back|in|on|at|over|during|of|the|im|am|an|los|passiert|gemacht|unternommen|geschehen|[^\p{L}\p{N}])*$/iu.test(
    beside,
  )
    ? { fromMs: time.fromMs, toMs: time.toMs }
    : undefined;
}

function wantedBy(text: string): Wanted {
  if (COUNT_PATTERN.test(text)) return "count";
  if (LAST_PATTERN.test(text)) return "last";
  if (FIRST_PATTERN.test(text)) return "first";
  return asksForSeveral(text) ? "list" : "one";
}

/** "Where did I live as of March 2022?" → the question and the end of March. A date that does not exist leaves the question as it is. */
function splitAsOf(text: string, nowMs: number): { readonly rest: string; readonly asOfMs?: number } {
  const match = AS_OF_PATTERN.exec(text);
  if (match === null) return { rest: text };
  const behind = text.slice(match.index + match[0].length);
  // "as of 2022" and "as of May": a bare year or month is a time only behind a word that says so.
  const lead = /^(?:\d{4}\b|\p{Lu}\p{L}+\b)/u.test(behind) ? "in " : "";
  const time = findTimes(lead + behind, { atMs: nowMs })[0];
  if (time === undefined || time.start > lead.length) return { rest: text };
  const rest = `${text.slice(0, match.index)}${behind.slice(Math.max(0, time.end - lead.length))}`;
  return { rest, asOfMs: time.toMs };
}
