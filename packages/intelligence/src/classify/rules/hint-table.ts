/**
 * Rows for what is told without its name. Each alone says little; the weights here are a first guess, and how much a row
 * really says is fitted on labelled texts (see ../scorer.ts).
 */
import type { Level } from "@kaelix/model";
import type { Concept } from "./concepts.ts";
import type { Rule } from "./topic-table.ts";

const SOMEONE: readonly Concept[] = ["person", "kin", "name"];
const HUSH: readonly Concept[] = ["secrecy", "cover"];
const OPENER: readonly Concept[] = ["keypress", "unlocks", "lockNoun", "codeNoun"];
const SECRET_SHAPE: readonly Concept[] = ["passwordShape", "quotedWord"];

const PICK_UP = "Gives a word by which people are trusted";
const HIDING = "Tells where someone in danger hides";
const SOURCE = "Tells who a source or a witness is";
const CODE = "Gives a code that opens something";
const PASSWORD = "Describes a password";
const HEALTH = "Tells a diagnosis or a grave illness";
const KEY = "Says where a key lies or how a home is entered";
const SACK = "Tells of dismissals before they are public";
const DEAL = "Tells of a deal before it is public";
const DEBT = "Tells of a person's debts";
const PAY = "Tells what a person earns";

type Row = readonly [rule: string, level: Level, weight: number, within: number, all: Rule["all"], text: string];

const ROWS: readonly Row[] = [
  ["pick-up-said", 4, 0.3, 12, ["collect", "sayWord"], PICK_UP],
  ["pick-up-said-quoted", 4, 0.4, 14, ["sayWord", "quotedWord"], PICK_UP],
  ["pick-up-child", 4, 0.2, 16, ["collect", "sayWord", ["kin", "name"]], PICK_UP],
  ["shelter-stay", 4, 0.2, 8, ["shelter", "stay"], HIDING],
  ["shelter-danger", 4, 0.45, 30, ["shelter", "danger"], HIDING],
  ["shelter-errand", 4, 0.4, 30, ["shelter", "errand"], HIDING],
  ["shelter-hushed", 4, 0.3, 30, ["shelter", HUSH], HIDING],
  ["shelter-stay-someone", 4, 0.1, 8, ["stay", "shelter", ["name", "kin"]], HIDING],
  ["stay-danger", 4, 0.2, 30, ["stay", "danger"], HIDING],
  ["stay-errand", 4, 0.2, 30, ["stay", "errand"], HIDING],
  ["errand-danger", 4, 0.3, 30, ["errand", "danger"], HIDING],
  ["danger-hushed", 4, 0.2, 12, ["danger", HUSH], HIDING],
  ["leak-name", 4, 0.2, 10, ["leak", "name"], SOURCE],
  ["leak-someone", 4, 0.05, 8, ["leak", ["person", "kin"]], SOURCE],
  ["leak-hushed", 4, 0.35, 24, ["leak", HUSH], SOURCE],
  ["leak-danger", 4, 0.25, 24, ["leak", "danger"], SOURCE],
  ["dial-turns", 4, 0.3, 5, ["turn", "number", ["turn", "direction"]], CODE],
  ["dial-opens", 4, 0.3, 10, ["turn", "number", OPENER], CODE],
  ["key-press-number", 4, 0.3, 6, ["keypress", "number"], CODE],
  ["key-press-code", 4, 0.35, 8, ["codeNumber", OPENER], CODE],
  ["code-alone", 4, 0.1, 4, ["codeNumber"], CODE],
  ["code-pin", 4, 0.4, 8, ["codeNumber", ["pinNoun", "codeNoun", "lockNoun", "recoveryNoun"]], CODE],
  ["code-source-number", 4, 0.3, 9, ["codeNumber", "codeSource"], CODE],
  ["code-source-open", 4, 0.2, 14, ["codeSource", OPENER], CODE],
  ["code-source-shape", 4, 0.4, 10, [SECRET_SHAPE, "codeSource"], PASSWORD],
  ["code-source-hint", 4, 0.25, 10, ["codeSource", ["shapeHint", "sameAsBefore"]], PASSWORD],
  ["password-shape-noun", 4, 0.4, 8, ["passwordShape", ["passwordNoun", "passwordShort", "wifiNoun"]], PASSWORD],
  ["word-row", 4, 0.45, 4, ["wordRow"], "Gives the words of a wallet or a recovery phrase"],
  ["found-by-doctor", 3, 0.35, 14, ["medical", "finding"], HEALTH],
  ["medical-hushed", 3, 0.3, 30, ["medical", HUSH], "Tells of health in trust"],
  ["finding-hushed", 3, 0.2, 30, ["finding", HUSH], "Tells of health in trust"],
  ["finding-person", 3, 0.05, 8, ["finding", SOMEONE], HEALTH],
  ["mind-medical", 3, 0.3, 14, ["mindHint", "medical"], "Tells of mental health"],
  [
    "baby-medical",
    3,
    0.25,
    20,
    ["babyHint", ["medical", "pregnancy"]],
    "Tells a pregnancy, its end or the wish for one",
  ],
  ["violence-cover", 3, 0.3, 14, ["violenceHint", ["cover", "danger"]], "Tells of violence or abuse"],
  ["violence-law", 3, 0.15, 16, ["violenceHint", "lawHint"], "Tells of violence or abuse"],
  ["papers-law", 3, 0.3, 16, ["papersHint", ["lawHint", "immigration", "legal"]], "Tells of an immigration status"],
  ["papers-twice", 3, 0.25, 12, ["papersHint", "papersHint"], "Tells of an immigration status"],
  ["sack-name", 3, 0.25, 7, ["sackHint", ["name", "kin"]], SACK],
  ["sack-hushed", 3, 0.35, 24, ["sackHint", HUSH], SACK],
  ["sack-firing", 3, 0.2, 14, ["sackHint", ["firing", "firingSaid"]], SACK],
  ["deal-hushed", 3, 0.35, 24, ["dealHint", HUSH], DEAL],
  ["deal-money", 3, 0.2, 10, ["dealHint", "money"], DEAL],
  ["deal-merger", 3, 0.2, 16, ["dealHint", "merger"], DEAL],
  ["owe-money", 3, 0.35, 8, ["oweHint", ["money", "longNumber"]], DEBT],
  ["owe-number", 3, 0.1, 5, ["oweHint", "number"], DEBT],
  ["owe-debt", 3, 0.15, 12, ["oweHint", ["debt", "debtSaid"]], DEBT],
  ["pay-money", 3, 0.3, 6, ["payHint", ["money", "longNumber"]], PAY],
  ["pay-number-hushed", 3, 0.2, 14, ["payHint", "number", HUSH], PAY],
  ["entry-object", 3, 0.4, 14, ["hideObject", "entryHint"], KEY],
  ["object-place", 3, 0.15, 4, ["hideObject", "keyPlace"], KEY],
  ["key-object", 3, 0.45, 9, ["hideObject", "keyNoun"], KEY],
  ["key-entry", 3, 0.3, 9, ["entryHint", "keyNoun"], KEY],
  ["alarm-entry", 3, 0.35, 9, ["alarmNoun", "entryHint"], "Says that a lock or an alarm does not work"],
  ["crime-alibi", 3, 0.3, 20, ["alibi", ["lawHint", "crimeHint"]], "Tells of a crime"],
  ["crime-law", 3, 0.2, 20, ["crimeHint", "lawHint"], "Tells of a crime"],
];

type Topic = readonly [rule: string, concept: Concept, text: string, alone: number];

const TOPICS: readonly Topic[] = [
  ["hint-baby", "babyHint", "Tells a pregnancy, its end or the wish for one", 0.1],
  ["hint-love", "loveHint", "Tells of an affair", 0.15],
  ["hint-gender", "genderHint", "Tells whom a person loves or who they are", 0.15],
  ["hint-violence", "violenceHint", "Tells of violence or abuse", 0.15],
  ["hint-mind", "mindHint", "Tells of mental health", 0.15],
  ["hint-drink", "drinkHint", "Tells of an addiction", 0.12],
  ["hint-law", "lawHint", "Tells of trouble with the law", 0.12],
  ["hint-crime", "crimeHint", "Tells of a crime", 0.15],
  ["hint-alibi", "alibi", "Asks to cover for someone", 0.3],
  ["hint-papers", "papersHint", "Tells of an immigration status", 0.15],
];

function topicRows([rule, concept, text, alone]: Topic): Rule[] {
  return [
    { rule, level: 3, weight: alone, all: [concept], text },
    { rule: `${rule}-of-person`, level: 3, weight: alone, all: [concept, SOMEONE], within: 6, text },
    { rule: `${rule}-hushed`, level: 3, weight: 0.25, all: [concept, HUSH], within: 24, text },
  ];
}

/** The rows over hints. */
export const HINT_RULES: readonly Rule[] = [
  ...ROWS.map(([rule, level, weight, within, all, text]): Rule => ({ rule, level, weight, within, all, text })),
  ...TOPICS.flatMap(topicRows),
];
