/**
 * The shipped recipe: a plain table, the same for everybody.
 *
 * How it was found: on five public two-person conversations (LoCoMo; evaluation only, nothing of it is in this repository) each
 * question asked for its evidence among the turns of its own conversation. The shape was moved one number at a time and kept when
 * recall in leave-one-conversation-out rose; it is flat all around (±0.4 points of recall@10), so the numbers are rounded. The
 * weights are the minimum of a listwise soft-max loss over all five conversations (1,000 questions), rounded; refitted with any one conversation
 * left out they give that conversation the same recall within 0.5 points, which is what `kaelix bench recall` prints as
 * `recall@10/leave-one-out`. The extra weight of keywords is a choice, not a fit: see `KEYWORD_COVERAGE`.
 */
import type { ScoreRecipe } from "./score.ts";

/** The recipe of every search that names no other. */
export const SHIPPED_RECIPE: ScoreRecipe = {
  shape: {
    k1: [0.9, 1.8, 1.5],
    b: [0.3, 0.6, 0.4],
    reach: [0.6, 0.4, 0.4, 0.1],
    nameWeight: 0.6,
  },
  weights: {
    turn: 1.2,
    window: 5,
    session: 4,
    before: -1,
    after: -0.8,
    coverage: 1.3,
    windowCoverage: 5,
    speaker: 1.1,
    date: 2.7,
    pairs: 0.7,
    question: -0.8,
    cue: 1.6,
    length: 1.9,
    best: 3.4,
    answer: 5,
    meaning: 0,
    meaningBefore: 0,
    meaningAfter: 0,
    meaningBest: 0,
  },
};

/**
 * The recipe of searches that know what the query means: found as the other, with the vectors of all-MiniLM-L6-v2, the shape as it was.
 * Words keep most of the say: what speaks for a document in words stays, and what it, its neighbours and its session mean comes on top.
 */
export const MEANING_RECIPE: ScoreRecipe = {
  shape: SHIPPED_RECIPE.shape,
  weights: {
    turn: 1.2,
    window: 4.6,
    session: 3.2,
    before: -2.4,
    after: -1.5,
    coverage: 0.3,
    windowCoverage: 4,
    speaker: 0.9,
    date: 3,
    pairs: 0.6,
    question: -0.7,
    cue: 1.7,
    length: 3.2,
    best: 3.1,
    answer: 4.3,
    meaning: 4.4,
    meaningBefore: 2.1,
    meaningAfter: 1.4,
    meaningBest: 3.6,
  },
};

/**
 * What `coverage` weighs in addition when a query is keywords, not a question: somebody who types "harbour dinner" wants
 * what holds these words above what stands beside it.
 */
export const KEYWORD_COVERAGE = 8;
