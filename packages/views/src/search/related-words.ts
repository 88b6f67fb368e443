/**
 * Words that tell of nearly the same: who asks about a job means what was told of work, too. English, everyday life, written from common
 * knowledge. For questions that are asked by words alone: a provider of vectors knows more of this.
 */
import type { Level } from "@kaelix/model";

import { corpusOf, namesIn } from "./corpus.ts";
import { isVisible, termIdsOf } from "./cues.ts";
import { termOf } from "./languages.ts";
import type { ParsedQuery, QueryWord } from "./query.ts";
import type { IndexParts } from "./user-index.ts";

const LANGUAGE = "en";

/** Circles in which every word stands for the others; behind a colon the kinds of it, which do not stand for each other: a father is no mother. */
const CIRCLES = `
job work occupation profession career employment|boss manager supervisor employer|colleague coworker workmate|company firm employer business
hire recruit|fire sack dismiss layoff|resign quit|salary wage pay income earnings|raise promotion|office workplace|interview meeting appointment
kid child: son daughter toddler baby|parent: mother father|grandma grandmother granny nana|grandpa grandfather grandad|sibling: brother sister
spouse partner: husband wife|partner: boyfriend girlfriend|fiance fiancee engaged|marry wedding marriage married|divorce separate split breakup
friend buddy mate pal|neighbor neighbour|family relatives|relative: cousin aunt uncle nephew niece|pregnant pregnancy expecting
car vehicle auto|bicycle bike cycling|motorcycle motorbike|plane flight airplane fly|train railway|trip travel journey vacation holiday tour getaway
visit trip|hotel hostel accommodation|luggage suitcase baggage|abroad overseas foreign|beach seaside shore coast|ocean sea|mountain hill peak
forest woods woodland|hike hiking trek trekking trail|camp camping campsite tent|swim swimming pool|run running jog jogging marathon
exercise workout gym training fitness|yoga meditation mindfulness|game match tournament|team club squad|coach trainer|win victory champion
ball: football soccer|hobby pastime interest activity|paint painting draw drawing art artwork sketch|artist painter|photograph picture image
music song band concert|sing singer singing|instrument: guitar piano violin|dance dancing dancer|book novel reading read|author writer
write writing journal diary|poem poetry|movie film cinema|show series program|play theater theatre performance|museum gallery exhibition exhibit
festival fair event party celebration|celebrate celebration party|birthday anniversary|gift present|prize award trophy medal
eat meal food: dinner lunch breakfast|cook cooking bake baking recipe|dish meal|restaurant cafe diner|drink beverage|sweet dessert cake candy
vegetarian vegan|allergy allergic intolerant|sick ill illness disease unwell|doctor physician gp|hospital clinic|medicine medication drug pill
injury injured hurt wound|surgery operation|therapy counseling therapist counselor psychologist|pain ache|depressed depression sad|anxiety anxious stress stressed worried nervous
happy glad joy joyful pleased|proud pride|angry mad upset furious|scared afraid fear frightened|tired exhausted|love adore enjoy like favorite
favorite favourite prefer preferred|hate dislike|hope wish dream|goal aim plan ambition|plan intend|decide decision choose|advice tip suggestion recommend suggest
help support assist aid|volunteer volunteering charity community|donate donation fundraiser fundraising|money cash funds|expensive costly|cheap affordable inexpensive
buy purchase shop shopping|sell sale|cost price|rent lease|house home: apartment flat|room bedroom|garden yard backyard|move relocate moving|live reside
city town|country nation|state province|street road|shop store|market mall|farm barn|pet animal: dog cat|dog puppy|cat kitten|plant flower|tree woods
study learn course class lesson|school college university|student pupil|teacher instructor professor|degree diploma graduate graduation|exam test
research study|project assignment|computer laptop pc|phone smartphone mobile cellphone|internet online web|app software program|website site blog
start begin|finish complete end|stop quit|return back|lose lost missing|find discover|fix repair mend|broken break damage damaged|make create craft build
clothes clothing outfit dress|shoe sneaker boot|jewelry: necklace ring bracelet|pottery ceramics clay|sculpture statue|toy doll
religion faith church religious|pray prayer|politics political election|law legal lawyer attorney|police cop officer|soldier military army
storm: hurricane tornado|rain rainy|snow winter|sunset sunrise|weather climate|fire blaze|accident crash collision|danger dangerous risky
nice kind friendly|beautiful pretty gorgeous stunning|funny hilarious humor|smart clever intelligent|big large huge|small little tiny|fast quick
important significant matter|difficult hard tough challenging challenge|problem issue trouble difficulty|mistake error|idea thought inspiration inspire
talk speak discuss conversation chat|call phone|message text|letter mail|news update|story tale|name call|old age aged|young youth
`;

let related: ReadonlyMap<string, ReadonlySet<string>> | undefined;

/** Each term with those that it stands for. */
function readCircles(): Map<string, Set<string>> {
  const read = new Map<string, Set<string>>();
  const add = (terms: readonly string[], others: readonly string[]): void => {
    for (const term of terms) read.set(term, new Set([...(read.get(term) ?? []), ...others]));
  };
  for (const circle of CIRCLES.trim().split(/[|\n]/)) {
    const [same = [], kinds = []] = circle
      .split(": ")
      .map((words) => words.split(" ").map((word) => termOf(word, LANGUAGE)));
    add(same, [...same, ...kinds]);
    add(kinds, same);
  }
  return read;
}

/**
 * The query with what tells of nearly the same beside its words. Names of those who speak, unfinished and mistyped words have nothing
 * beside them.
 * `onlyUntold`: true: only words that no visible document holds have something beside them
 */
export function withRelatedTerms(
  parts: IndexParts,
  query: ParsedQuery,
  {
    ceiling,
    languages,
    onlyUntold,
  }: { readonly ceiling: Level; readonly languages: readonly string[]; readonly onlyUntold: boolean },
): ParsedQuery {
  if (!languages.includes(LANGUAGE)) return query;
  related ??= readCircles();
  const termsBeside = (word: QueryWord): readonly string[] => {
    if (word.isStop || word.isPrefix || word.isNear === true) return [];
    if (onlyUntold && termIdsOf(parts, word).some((id) => isVisible(parts, id, ceiling))) return [];
    const beside = related?.get(termOf(word.text, LANGUAGE)) ?? [];
    return [...beside].filter((term) => !word.terms.includes(term));
  };
  const beside = query.words.map(termsBeside);
  if (beside.every((terms) => terms.length === 0)) return query;
  const names = namesIn(parts, query, corpusOf(parts, ceiling)).words;
  const words = query.words.map((word, at): QueryWord => {
    const terms = beside[at] ?? [];
    return terms.length === 0 || names.has(word.text) ? word : { ...word, related: terms };
  });
  return { ...query, words };
}
