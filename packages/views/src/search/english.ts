/**
 * What the stemmer cannot know of English: words whose forms share no stem, and the words that carry grammar alone.
 */
import { stemmer } from "@orama/stemmers/english";

/** Irregular forms, each after its base form. */
const IRREGULAR_FORMS = `
go went gone goes|buy bought|run ran|meet met|see saw seen|take took taken|give gave given|get got gotten|make made
come came|know knew known|think thought|tell told|find found|leave left|feel felt|bring brought|begin began begun
keep kept|hold held|write wrote written|stand stood|hear heard|mean meant|pay paid|sit sat|speak spoke spoken
lead led|grow grew grown|lose lost|fall fell fallen|send sent|build built|understand understood|draw drew drawn
break broke broken|spend spent|win won|teach taught|catch caught|eat ate eaten|sing sang sung|swim swam swum
drive drove driven|ride rode ridden|rise rose risen|sell sold|fight fought|throw threw thrown|wear wore worn
choose chose chosen|sleep slept|fly flew flown|forget forgot forgotten|drink drank drunk|ring rang rung|steal stole stolen
hide hid hidden|become became|wake woke woken|shake shook shaken|bite bit bitten|blow blew blown|freeze froze frozen
lend lent|lie lay lain|shoot shot|seek sought|dig dug|hang hung|stick stuck|strike struck|swear swore sworn|tear tore torn
sew sewn|show shown|bake baked|say said|child children|person people|man men|woman women|foot feet|tooth teeth|mouse mice
wife wives|knife knives|half halves|shelf shelves|goose geese|good better best|bad worse worst
photograph photo photos photography photographs|bicycle bike bikes bicycles|television tv|movie film films movies
mother mom mum mommy mummy moms mothers|father dad daddy dads fathers|kid kids|doctor dr|picture pic pics pictures`;

const irregular = new Map<string, string>();
for (const family of IRREGULAR_FORMS.trim().split(/[|\n]/)) {
  const [base = "", ...forms] = family.split(" ");
  for (const form of forms) irregular.set(form, base);
}

/** The stem of a lower-case English word. */
export function stemEnglish(word: string): string {
  const base = irregular.get(word) ?? word;
  const stem = stemmer(base).toLowerCase();
  // The stemmer takes the t of -tion and the s of -sion with it ("adoption" → "adop"), away from its verb ("adopt").
  const ending = /[st]ions?$/.exec(base);
  if (ending !== null && stem === base.slice(0, ending.index)) return stem + base.charAt(ending.index);
  return stem;
}
