/**
 * The rules that combine concepts, one row each, the same for all languages. A row fires where all its concepts stand
 * within `within` words; a list inside `all` means any of them. Weights add up as independent doubts (see decide.ts):
 * a row of 0.5 or more decides alone, two rows of 0.3 together.
 */
import { HINT_RULES } from "./hint-table.ts";
import { PERSON, type Rule, TOPIC_RULES } from "./topic-table.ts";

const KEY_TEXT = "Says where a key lies";
const LOCK_TEXT = "Says that a lock or an alarm does not work";
const SOURCE_TEXT = "Tells who a source or a witness is";
const COVER_TEXT = "Tells who works under a cover";
const HIDING_TEXT = "Tells where someone in danger hides";
const PASSWORD_TEXT = "Describes a password";
const BIRTHDAY_TEXT = "Tells a person's birthday";

const COMBINED: readonly Rule[] = [
  { rule: "secret-spelled", level: 4, weight: 0.55, all: ["shapeHint", "unlocks"], within: 14, text: PASSWORD_TEXT },
  {
    rule: "health-care-grave",
    level: 3,
    weight: 0.35,
    all: ["illness", "careWeak"],
    text: "Tells a diagnosis or a grave illness",
  },
  {
    rule: "secret-described",
    level: 4,
    weight: 0.62,
    all: ["passwordShape", ["unlocks", "shapeHint", "sameAsBefore"]],
    within: 14,
    text: PASSWORD_TEXT,
  },
  {
    rule: "secret-same-as",
    level: 4,
    weight: 0.6,
    all: ["sameAsBefore", "shapeHint"],
    within: 14,
    text: PASSWORD_TEXT,
  },
  { rule: "secret-shape", level: 4, weight: 0.18, all: ["passwordShape"], text: PASSWORD_TEXT },
  {
    rule: "secret-hinted",
    level: 4,
    weight: 0.35,
    all: [
      ["passwordNoun", "passwordShort", "wifiNoun"],
      ["shapeHint", "sameAsBefore"],
    ],
    within: 12,
    text: PASSWORD_TEXT,
  },
  {
    rule: "secret-opens",
    level: 4,
    weight: 0.52,
    all: ["unlocks", "longNumber"],
    within: 5,
    text: "Gives a code that opens something",
  },
  {
    rule: "secret-pattern",
    level: 4,
    weight: 0.8,
    all: ["patternNoun", "patternShape"],
    within: 14,
    text: "Describes an unlock pattern",
  },
  {
    rule: "secret-pattern-opens",
    level: 4,
    weight: 0.6,
    all: ["patternShape", "unlocks"],
    within: 8,
    text: "Describes an unlock pattern",
  },
  {
    rule: "secret-dial",
    level: 4,
    weight: 0.75,
    all: ["direction", ["lockNoun", "codeNoun"], "number"],
    within: 9,
    text: "Gives the turns of a combination lock",
  },
  {
    rule: "secret-answers",
    level: 4,
    weight: 0.55,
    all: ["securityQuestion", "answerNoun"],
    within: 14,
    text: "Gives the answer to a security question",
  },
  { rule: "source-identity", level: 4, weight: 0.3, all: ["sourceNoun"], text: SOURCE_TEXT },
  {
    rule: "source-identity-person",
    level: 4,
    weight: 0.3,
    all: ["sourceNoun", ["name", "kin", "person"]],
    within: 8,
    text: SOURCE_TEXT,
  },
  {
    rule: "source-identity-hushed",
    level: 4,
    weight: 0.4,
    all: ["sourceNoun", ["secrecy", "hunter"]],
    within: 12,
    text: SOURCE_TEXT,
  },
  { rule: "source-undercover", level: 4, weight: 0.45, all: ["undercover"], text: COVER_TEXT },
  { rule: "source-undercover-person", level: 4, weight: 0.3, all: ["undercover", PERSON], within: 8, text: COVER_TEXT },
  { rule: "hiding-place-told", level: 4, weight: 0.62, all: ["hidingSaid"], text: HIDING_TEXT },
  {
    rule: "hiding-place-hunted",
    level: 4,
    weight: 0.62,
    all: [["hiding", "hidingSaid", "refuge"], "hunter"],
    within: 24,
    text: HIDING_TEXT,
  },
  { rule: "hiding-place", level: 4, weight: 0.28, all: ["hiding", ["person", "kin"]], within: 8, text: HIDING_TEXT },
  {
    rule: "hiding-place-hushed",
    level: 4,
    weight: 0.3,
    all: [["hiding", "refuge"], "secrecy"],
    within: 20,
    text: HIDING_TEXT,
  },
  { rule: "hiding-refuge", level: 4, weight: 0.45, all: ["refuge"], text: HIDING_TEXT },
  { rule: "hiding-hunter", level: 4, weight: 0.38, all: ["hunter"], text: HIDING_TEXT },
  { rule: "safety-key-place", level: 3, weight: 0.78, all: ["keyNoun", "keyPlace"], within: 9, text: KEY_TEXT },
  { rule: "safety-lock-broken", level: 3, weight: 0.7, all: ["alarmNoun", "broken"], within: 7, text: LOCK_TEXT },
  {
    rule: "money-salary-sum",
    level: 3,
    weight: 0.6,
    all: ["salary", ["money", "longNumber"]],
    within: 8,
    text: "Tells what a person earns",
  },
  {
    rule: "money-salary-told",
    level: 3,
    weight: 0.62,
    all: ["salarySaid", ["money", "longNumber"]],
    within: 4,
    text: "Tells what a person earns",
  },
  {
    rule: "money-debt-sum",
    level: 3,
    weight: 0.55,
    all: [
      ["debt", "debtSaid"],
      ["money", "number"],
    ],
    within: 9,
    text: "Tells of a person's debts",
  },
  {
    rule: "health-covered",
    level: 3,
    weight: 0.55,
    all: ["careWeak", "cover"],
    within: 30,
    text: "Tells of health behind a cover story",
  },
  {
    rule: "health-care-hushed",
    level: 3,
    weight: 0.5,
    all: ["careWeak", "secrecy"],
    within: 24,
    text: "Tells of health in trust",
  },
  {
    rule: "place-away-date",
    level: 2,
    weight: 0.5,
    all: ["away", ["date", "month", "number"]],
    within: 7,
    text: "Tells where someone is or will be",
  },
  { rule: "place-caretake", level: 2, weight: 0.42, all: ["caretake"], text: "Asks to look after a home" },
  {
    rule: "place-caretake-away",
    level: 2,
    weight: 0.4,
    all: ["caretake", ["away", "awaySaid"]],
    within: 30,
    text: "Asks to look after a home",
  },
  {
    rule: "birthday-date",
    level: 2,
    weight: 0.45,
    all: ["birthday", ["date", "month", "number"]],
    within: 9,
    text: BIRTHDAY_TEXT,
  },
  {
    rule: "birthday-person",
    level: 2,
    weight: 0.22,
    all: ["birthday", ["kin", "name"]],
    within: 9,
    text: BIRTHDAY_TEXT,
  },
  { rule: "birthday", level: 2, weight: 0.08, all: ["birthday"], text: BIRTHDAY_TEXT },
  {
    rule: "address-said",
    level: 2,
    weight: 0.5,
    all: ["addressNoun", "number"],
    within: 9,
    text: "Says where someone lives",
  },
  {
    rule: "money-sum-person",
    level: 2,
    weight: 0.3,
    all: ["money", ["person", "kin"]],
    within: 6,
    text: "Tells a sum of someone's money",
  },
  {
    rule: "school-mark-sum",
    level: 2,
    weight: 0.45,
    all: ["schoolNoun", ["number", "schoolMark"]],
    within: 8,
    text: "Tells school marks",
  },
  { rule: "family-person", level: 2, weight: 0.1, all: ["kin"], text: "Speaks of family or friends" },
];

/** Every rule over concepts. */
export const RULES: readonly Rule[] = [...TOPIC_RULES, ...COMBINED, ...HINT_RULES];
