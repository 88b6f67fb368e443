/** What extraction finds in one text. Plain data: it can be stored, sent and compared. */

/** Kinds of things that are named in a text. */
export type MentionKind =
  | "person"
  | "place"
  | "organisation"
  | "event"
  | "promise"
  | "thing"
  | "substance"
  | "date"
  | "time"
  | "amount";

/** Kinds of relations that a text can state. */
export type RelationType =
  | "family"
  | "colleague"
  | "friend"
  | "neighbour"
  | "attends"
  | "scheduled_for"
  | "owes"
  | "owns"
  | "works_at"
  | "studies_at"
  | "lives_in"
  | "member_of"
  | "allergic_to";

/** Stands for the writer of a memory where the index of a mention stands otherwise. */
export const ME = -1;

/** What somebody is to somebody: kin and roles by concept. `owner` is a mention's index or `ME`. */
export interface Tie {
  readonly type: "kin" | "role";
  readonly concept: string;
  readonly owner: number;
}

/** One thing named in a text. */
export interface Mention {
  readonly kind: MentionKind;
  /** How it is said: by name, by kin or role, by pronoun, by a common noun, as a value or as a phrase. */
  readonly form: "name" | "tie" | "pronoun" | "noun" | "value" | "phrase";
  /** Code units of the text, end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Number of the sentence and of the clause, from 0. */
  readonly sentence: number;
  readonly clause: number;
  /** Normalised: folded name, ISO date or time, event concept, `number currency`. */
  readonly value: string;
  readonly sex?: "he" | "she";
  readonly ties: readonly Tie[];
  /** What tells this person from another of the same name: "in payroll" → payroll. */
  readonly qualifier?: string;
  /** Says, asks or wants something rather than taking part in it. */
  readonly isTeller?: true;
  /** Nothing stands before it in its clause. */
  readonly opensClause?: true;
  /** A name that is spoken to ("Tom, can you…"), given as one's own ("I'm Tom"), or said with what they are to somebody ("my uncle Tom"). */
  readonly use?: "spoken-to" | "own" | "explained";
  /** Whom an event or a thing belongs to: mention's index or `ME`. */
  readonly owner?: number;
  /** Other wordings of the same thing in this text. */
  readonly aliases: readonly string[];
  /** Said with an indefinite article. */
  readonly isIndefinite: boolean;
  /** 0 to 1. */
  readonly confidence: number;
}

/** A relation stated by one text, between mentions by index. */
export interface Fact {
  readonly type: RelationType;
  readonly from: number;
  readonly to: number;
  readonly confidence: number;
  /** The words that say it. */
  readonly cue: string;
}

/** A noun, verb or adjective of a text. */
export interface ContentWord {
  readonly low: string;
  readonly stem: string;
  readonly isName: boolean;
  readonly isIndefinite: boolean;
  /** The content words beside it, for telling `fire drill` from `drill`; empty at a clause's edge. */
  readonly before: string;
  readonly after: string;
  /** Inside a name or a title with capitals. */
  readonly sentence: number;
}

/** What one text says. */
export interface Extraction {
  readonly language: string;
  readonly mentions: readonly Mention[];
  readonly facts: readonly Fact[];
  readonly words: readonly ContentWord[];
  /** Fields of life that the words belong to, with how many words. */
  readonly fields: Readonly<Record<string, number>>;
  /** The writer speaks of themself. */
  readonly hasMe: boolean;
  /** The writer does something: I, I'm, we, ich, je. */
  readonly isActing: boolean;
  /** Words of reading, watching, cooking: what is named is often not the thing itself. */
  readonly isAside: boolean;
  /** Words of going on: again, finally, back, done. */
  readonly goesOn: boolean;
  /** Somebody else says it, so it says nothing of the writer. */
  readonly isHeard?: true;
}
