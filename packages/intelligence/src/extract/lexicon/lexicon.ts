/** What the words of one language mean to extraction. Every cell is words separated by blanks, `_` joining the words of a phrase. */
export interface LanguageLexicon {
  readonly language: string;
  /** Frequent small words: they vote for the language and are never names. */
  readonly small: string;
  /** Words that open sentences with a capital and are no names. */
  readonly openers: string;
  /** Kin by relation. */
  readonly kin: Readonly<Record<string, string>>;
  /** People by what they are to somebody: boss, colleague, friend, neighbour. */
  readonly roles: Readonly<Record<string, string>>;
  /** Titles before a family name. */
  readonly titles: string;
  readonly me: string;
  readonly myPossessive: string;
  readonly he: string;
  readonly she: string;
  readonly hisPossessive: string;
  readonly herPossessive: string;
  readonly definite: string;
  readonly indefinite: string;
  readonly months: string;
  /** From Sunday. */
  readonly weekdays: string;
  readonly today: string;
  readonly tomorrow: string;
  readonly yesterday: string;
  readonly next: string;
  readonly last: string;
  /** Event nouns by concept; the same concept in all languages. */
  readonly events: Readonly<Record<string, string>>;
  /** Verbs that tell of an event, by concept. */
  readonly eventVerbs: Readonly<Record<string, string>>;
  readonly promise: string;
  readonly say: string;
  readonly will: string;
  readonly owe: string;
  readonly lend: string;
  readonly borrow: string;
  readonly allergy: string;
  readonly workAt: string;
  readonly liveIn: string;
  readonly studyAt: string;
  readonly member: string;
  readonly own: string;
  /** Groups one can belong to. */
  readonly groups: string;
  /** Things worth following when they are lent, owned or come back. */
  readonly things: string;
  readonly placePrepositions: string;
  readonly atPrepositions: string;
  readonly workContext: string;
  /** Reading, watching, buying: the word is used of something else. */
  readonly asides: string;
  /** Words of going on: again, finally, back, done. */
  readonly goesOn: string;
  /** Nouns by field of life. */
  readonly fields: Readonly<Record<string, string>>;
  readonly currencies: string;
  /** Cases are endings: words are looked up by stem. */
  readonly isSuffixing?: boolean;
  /** Nouns are written with a capital. */
  readonly hasCapitalNouns?: boolean;
}
