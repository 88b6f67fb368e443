/**
 * Three logistic regressions over sparse numbers, learnt by small steps (AdaGrad) in an order drawn from a seed: the same
 * texts and the same seed give the same weights. Weights of a rule for levels it speaks for are never below nought.
 */

/** One labelled text as numbers. */
export interface Example {
  readonly level: 1 | 2 | 3 | 4;
  /** How much it counts. */
  readonly share: number;
  readonly columns: Int32Array;
  readonly values: Float64Array;
  /** What the rules alone add to the log odds, for levels 2, 3 and 4. */
  readonly offsets: readonly number[];
}

/** Fitted weights by column, for levels 2, 3 and 4. */
export interface Model {
  readonly biases: number[];
  readonly weights: readonly Float64Array[];
}

/** How to learn. */
export interface FitOptions {
  /** Columns there are. */
  readonly width: number;
  /** By column: the level a rule speaks for, 0 for all else. */
  readonly ruleLevels: Uint8Array;
  readonly seed: number;
  readonly rounds: number;
  /** Weight of the squares, by column. */
  readonly decay: (column: number) => number;
}

const STEP = 0.05;
/** By the last round steps have shrunk to this share. */
const LAST_STEP = 0.1;

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

/** Numbers from 0 to 1 drawn from a seed (mulberry32). */
function drawFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function shuffle(order: Int32Array, draw: () => number): void {
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = Math.floor(draw() * (at + 1));
    const kept = order[at] ?? 0;
    order[at] = order[other] ?? 0;
    order[other] = kept;
  }
}

/** Fits all three. */
export function fitOdds(examples: readonly Example[], options: FitOptions): Model {
  const draw = drawFrom(options.seed);
  const order = Int32Array.from(examples.keys());
  const weights = [0, 1, 2].map(() => new Float64Array(options.width));
  const squares = [0, 1, 2].map(() => new Float64Array(options.width).fill(0.01));
  const biases = [0, 0, 0];
  const biasSquares = [0.01, 0.01, 0.01];
  for (let round = 0; round < options.rounds; round += 1) {
    shuffle(order, draw);
    const step = STEP * (1 - (1 - LAST_STEP) * (round / options.rounds));
    for (const row of order) {
      const one = examples[row];
      if (one !== undefined) for (let at = 0; at < 3; at += 1) learn(one, at, step);
    }
  }
  return { biases, weights };

  function learn(one: Example, at: number, step: number): void {
    const [own, seen] = [weights[at], squares[at]];
    if (own === undefined || seen === undefined) return;
    const slope = (sigmoid(sumOf(one, at, { biases, weights })) - (one.level >= at + 2 ? 1 : 0)) * one.share;
    biasSquares[at] = (biasSquares[at] ?? 0) + slope * slope;
    biases[at] = (biases[at] ?? 0) - (step * slope) / Math.sqrt(biasSquares[at] ?? 1);
    for (let place = 0; place < one.columns.length; place += 1) {
      const column = one.columns[place] ?? 0;
      const weight = own[column] ?? 0;
      const pull = slope * (one.values[place] ?? 0) + options.decay(column) * weight;
      const square = (seen[column] ?? 0) + pull * pull;
      seen[column] = square;
      const next = weight - (step * pull) / Math.sqrt(square);
      own[column] = (options.ruleLevels[column] ?? 0) >= at + 2 ? Math.max(0, next) : next;
    }
  }
}

function sumOf(one: Example, at: number, model: Model): number {
  const own = model.weights[at];
  let sum = (model.biases[at] ?? 0) + (one.offsets[at] ?? 0);
  for (let place = 0; place < one.columns.length; place += 1)
    sum += (own?.[one.columns[place] ?? 0] ?? 0) * (one.values[place] ?? 0);
  return sum;
}

/** The odds of at least 2, 3 and 4. */
export function predict(model: Model, one: Example): readonly [number, number, number] {
  return [sigmoid(sumOf(one, 0, model)), sigmoid(sumOf(one, 1, model)), sigmoid(sumOf(one, 2, model))];
}
