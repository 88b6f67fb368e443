/** The topics of levels 2 and 3: a word, the word with a person, the word with a plea for silence. One row per topic. */
import type { Level } from "@kaelix/model";
import type { Concept } from "./concepts.ts";

/** One rule. */
export interface Rule {
  readonly rule: string;
  readonly level: Level;
  readonly weight: number;
  readonly all: readonly (Concept | readonly Concept[])[];
  /** Words between the first concept and the others; 12 unless told. */
  readonly within?: number;
  readonly text: string;
}

/** Concepts that stand for somebody. */
export const PERSON: readonly Concept[] = ["person", "kin", "name"];
const HUSH: readonly Concept[] = ["secrecy", "cover"];

/** How far the word alone, a person near it, and a plea for silence near it speak. */
type TopicWeights = readonly [alone: number, person: number, hush: number];
type Topic = readonly [rule: string, level: Level, concept: Concept, text: string, weights: TopicWeights];

function topicRules([rule, level, concept, text, [alone, person, hush]]: Topic): Rule[] {
  const rows: Rule[] = [
    { rule, level, text, weight: alone, all: [concept] },
    { rule: `${rule}-of-person`, level, text, weight: person, all: [concept, PERSON], within: 10 },
    { rule: `${rule}-hushed`, level, text, weight: hush, all: [concept, HUSH], within: 24 },
  ];
  return rows.filter((row) => row.weight > 0);
}

const SECRET_TOPICS: readonly Topic[] = [
  ["health-diagnosis", 3, "illness", "Tells a diagnosis or a grave illness", [0.4, 0.35, 0.3]],
  ["health-diagnosis-told", 3, "illnessSaid", "Tells a diagnosis or a grave illness", [0.68, 0.1, 0.2]],
  ["health-mind", 3, "mental", "Tells of mental health", [0.35, 0.35, 0.3]],
  ["health-mind-told", 3, "mentalSaid", "Tells of mental health", [0.68, 0.1, 0.2]],
  ["health-pregnancy", 3, "pregnancy", "Tells a pregnancy, its end or the wish for one", [0.35, 0.35, 0.35]],
  ["health-pregnancy-told", 3, "pregnancySaid", "Tells a pregnancy, its end or the wish for one", [0.68, 0.1, 0.2]],
  ["health-medication", 3, "medication", "Names a medicine that reveals an illness", [0.5, 0.25, 0.2]],
  ["health-addiction", 3, "addiction", "Tells of an addiction", [0.4, 0.3, 0.3]],
  ["health-self-harm", 3, "selfHarm", "Tells of danger to one's own life", [0.55, 0.2, 0.2]],
  ["private-sexuality", 3, "sexuality", "Tells whom a person loves or who they are", [0.2, 0.25, 0.45]],
  ["private-sexuality-told", 3, "sexualitySaid", "Tells whom a person loves or who they are", [0.66, 0.1, 0.2]],
  ["private-affair", 3, "affair", "Tells of an affair", [0.35, 0.3, 0.35]],
  ["private-affair-told", 3, "affairSaid", "Tells of an affair", [0.66, 0.1, 0.2]],
  ["safety-abuse", 3, "abuse", "Tells of violence or abuse", [0.35, 0.35, 0.3]],
  ["safety-abuse-told", 3, "abuseSaid", "Tells of violence or abuse", [0.68, 0.1, 0.2]],
  ["law-trouble", 3, "legal", "Tells of trouble with the law", [0.25, 0.3, 0.35]],
  ["law-trouble-told", 3, "legalSaid", "Tells of trouble with the law", [0.66, 0.1, 0.2]],
  ["law-crime", 3, "crime", "Tells of a crime", [0.25, 0.25, 0.35]],
  ["law-crime-told", 3, "crimeSaid", "Tells of a crime", [0.66, 0.1, 0.2]],
  ["law-immigration", 3, "immigration", "Tells of an immigration status", [0.45, 0.3, 0.3]],
  ["work-firing", 3, "firing", "Tells of dismissals before they are public", [0.3, 0.25, 0.45]],
  ["work-firing-told", 3, "firingSaid", "Tells of dismissals before they are public", [0.62, 0.1, 0.25]],
  ["work-merger", 3, "merger", "Tells of a deal before it is public", [0.25, 0.1, 0.5]],
  ["money-debt", 3, "debt", "Tells of a person's debts", [0.25, 0.2, 0.4]],
  ["money-debt-told", 3, "debtSaid", "Tells of a person's debts", [0.6, 0.1, 0.25]],
  ["money-salary", 3, "salary", "Tells what a person earns", [0.15, 0.15, 0.3]],
];

const CONFIDENTIAL_TOPICS: readonly Topic[] = [
  ["health-ordinary", 2, "healthOrdinary", "Tells of ordinary health", [0.52, 0.25, 0.3]],
  ["health-care", 2, "careWeak", "Tells of a visit to a doctor or a test", [0.3, 0.25, 0.3]],
  ["family-quarrel", 2, "quarrel", "Tells of a quarrel", [0.42, 0.3, 0.3]],
  ["work-trust", 2, "workTrust", "Tells of work in trust", [0.4, 0.25, 0.3]],
  ["opinion-person", 2, "opinion", "Gives an opinion about a person", [0.25, 0.36, 0.35]],
  ["money-general", 2, "moneyGeneral", "Tells of money matters", [0.4, 0.2, 0.3]],
  ["place-away", 2, "awaySaid", "Tells where someone is or will be", [0.58, 0.1, 0.2]],
  ["place-home-empty", 2, "homeEmpty", "Tells when a home stands empty", [0.72, 0.1, 0.2]],
  ["place-routine", 2, "routine", "Tells a habit that says where someone is", [0.4, 0.25, 0.2]],
  ["plan-surprise", 2, "surprise", "Tells a surprise someone must not know", [0.6, 0.15, 0.3]],
  ["school-mark", 2, "schoolMark", "Tells school marks", [0.5, 0.25, 0.3]],
  ["private-heart", 2, "heart", "Tells of love or its end", [0.5, 0.2, 0.3]],
  ["work-unreleased", 2, "unreleased", "Tells plans that are not public", [0.52, 0.1, 0.35]],
  ["trust", 2, "secrecy", "Asks for silence", [0.55, 0.1, 0]],
  ["trust-cover", 2, "cover", "Says what others believe or shall believe", [0.5, 0.1, 0]],
  ["trust-told", 2, "trust", "Passes on what was told in trust", [0.5, 0.1, 0.3]],
  ["private-moving", 2, "moving", "Tells of a move or a household", [0.4, 0.2, 0.2]],
];

/** The rows of all topics. */
export const TOPIC_RULES: readonly Rule[] = [...SECRET_TOPICS, ...CONFIDENTIAL_TOPICS].flatMap(topicRules);
