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
  /** By column: the level a rule speaks for, 0 for all else. */
  readonly ruleLevels: readonly number[];
  /** By column: the weight of its square. */
  readonly decays: readonly number[];
  readonly seed: number;
  readonly rounds: number;
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
  const decays = Float64Array.from(options.decays);
  const width = decays.length;
  // The three weights of a column stand beside each other: a column is fetched once for all three.
  const weights = new Float64Array(width * 3);
  const squares = new Float64Array(width * 3).fill(0.01);
  const biases = [0, 0, 0];
  const biasSquares = [0.01, 0.01, 0.01];
  const slopes = new Float64Array(3);
  for (let round = 0; round < options.rounds; round += 1) {
    shuffle(order, draw);
    const step = STEP * (1 - (1 - LAST_STEP) * (round / options.rounds));
    for (const row of order) {
      const one = examples[row];
      if (one !== undefined) learn(one, step);
    }
  }
  return {
    biases,
    weights: [0, 1, 2].map((at) => Float64Array.from(decays, (_, column) => weights[column * 3 + at] ?? 0)),
  };

  function learn(one: Example, step: number): void {
    readSlopes(one);
    for (let at = 0; at < 3; at += 1) {
      const slope = slopes[at] ?? 0;
      biasSquares[at] = (biasSquares[at] ?? 0) + slope * slope;
      biases[at] = (biases[at] ?? 0) - (step * slope) / Math.sqrt(biasSquares[at] ?? 1);
    }
    for (let place = 0; place < one.columns.length; place += 1) {
      const column = one.columns[place] ?? 0;
      const value = one.values[place] ?? 0;
      const decay = decays[column] ?? 0;
      const ruleLevel = options.ruleLevels[column] ?? 0;
      for (let at = 0; at < 3; at += 1) {
        const weight = weights[column * 3 + at] ?? 0;
        const pull = (slopes[at] ?? 0) * value + decay * weight;
        const square = (squares[column * 3 + at] ?? 0) + pull * pull;
        squares[column * 3 + at] = square;
        const next = weight - (step * pull) / Math.sqrt(square);
        weights[column * 3 + at] = ruleLevel >= at + 2 ? Math.max(0, next) : next;
      }
    }
  }

  /** How far each of the three is off, as its slope. */
  function readSlopes(one: Example): void {
    let two = (biases[0] ?? 0) + (one.offsets[0] ?? 0);
    let three = (biases[1] ?? 0) + (one.offsets[1] ?? 0);
    let four = (biases[2] ?? 0) + (one.offsets[2] ?? 0);
    for (let place = 0; place < one.columns.length; place += 1) {
      const column = (one.columns[place] ?? 0) * 3;
      const value = one.values[place] ?? 0;
      two += (weights[column] ?? 0) * value;
      three += (weights[column + 1] ?? 0) * value;
      four += (weights[column + 2] ?? 0) * value;
    }
    slopes[0] = (sigmoid(two) - (one.level >= 2 ? 1 : 0)) * one.share;
    slopes[1] = (sigmoid(three) - (one.level >= 3 ? 1 : 0)) * one.share;
    slopes[2] = (sigmoid(four) - (one.level >= 4 ? 1 : 0)) * one.share;
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
