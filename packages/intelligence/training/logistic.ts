/** Three logistic regressions with offsets, squared decay and signs held where a rule's meaning fixes them. */
import type { Evidence } from "../src/classify/rules/evidence.ts";

/** One labelled text as numbers. */
export interface Example {
  readonly id: string;
  readonly level: 1 | 2 | 3 | 4;
  /** How much it counts. */
  readonly share: number;
  readonly features: readonly (readonly [string, number])[];
  /** What the rules alone add to the log odds, for levels 2, 3 and 4. */
  readonly offsets: readonly number[];
  readonly ruleLevels: ReadonlyMap<string, number>;
  /** What the rules found, strongest of each. */
  readonly byRule: ReadonlyMap<string, Evidence>;
}

/** Fitted weights by feature, for levels 2, 3 and 4. */
export interface Model {
  readonly biases: number[];
  readonly weights: Map<string, number[]>;
}

const ROUNDS = 350;
const STEP = 0.9;
const SEEN_MIN = 2;

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

interface Column {
  readonly name: string;
  /** Level of the rule; 0 for nouns and shapes. */
  readonly ruleLevel: number;
  readonly rows: number[];
  readonly values: number[];
}

function columnsOf(examples: readonly Example[]): Column[] {
  const columns = new Map<string, Column>();
  for (const [row, one] of examples.entries()) {
    for (const [name, value] of one.features) {
      let column = columns.get(name);
      if (column === undefined) {
        column = { name, ruleLevel: one.ruleLevels.get(name) ?? 0, rows: [], values: [] };
        columns.set(name, column);
      }
      column.rows.push(row);
      column.values.push(value);
    }
  }
  return [...columns.values()].filter((column) => column.rows.length >= SEEN_MIN);
}

/** One regression by coordinate-wise Newton steps. */
function fitOne(
  examples: readonly Example[],
  columns: readonly Column[],
  at: number,
  decay: number,
): [number, number[]] {
  const target = examples.map((one) => (one.level >= at + 2 ? 1 : 0));
  const sums = examples.map((one) => one.offsets[at] ?? 0);
  const weights = columns.map(() => 0);
  let bias = 0;
  const odds = sums.map(sigmoid);
  for (let round = 0; round < ROUNDS / 10; round += 1) {
    let slope = 0;
    let bend = 0.1;
    for (const [row, one] of examples.entries()) {
      const value = odds[row] ?? 0;
      slope += one.share * ((target[row] ?? 0) - value);
      bend += one.share * value * (1 - value);
    }
    bias += (STEP * slope) / bend;
    for (const [row, sum] of sums.entries()) {
      sums[row] = sum + (STEP * slope) / bend;
      odds[row] = sigmoid(sums[row] ?? 0);
    }
    for (const [index, column] of columns.entries()) stepColumn(index, column);
  }
  return [bias, weights];

  function stepColumn(index: number, column: Column): void {
    const old = weights[index] ?? 0;
    let slope = -decay * old;
    let bend = decay;
    for (let place = 0; place < column.rows.length; place += 1) {
      const row = column.rows[place] ?? 0;
      const value = column.values[place] ?? 0;
      const share = examples[row]?.share ?? 0;
      const chance = odds[row] ?? 0;
      slope += share * value * ((target[row] ?? 0) - chance);
      bend += share * value * value * Math.max(0.05, chance * (1 - chance));
    }
    let next = old + (STEP * slope) / bend;
    if (column.ruleLevel >= at + 2) next = Math.max(0, next);
    weights[index] = next;
    for (let place = 0; place < column.rows.length; place += 1) {
      const row = column.rows[place] ?? 0;
      sums[row] = (sums[row] ?? 0) + (next - old) * (column.values[place] ?? 0);
      odds[row] = sigmoid(sums[row] ?? 0);
    }
  }
}

/** Fits all three. `decay` is the weight of the squares. */
export function fitOdds(examples: readonly Example[], decay: number): Model {
  const columns = columnsOf(examples);
  const model: Model = { biases: [], weights: new Map(columns.map((column) => [column.name, [0, 0, 0]])) };
  for (let at = 0; at < 3; at += 1) {
    const [bias, weights] = fitOne(examples, columns, at, decay);
    model.biases.push(bias);
    for (const [index, column] of columns.entries()) {
      const row = model.weights.get(column.name);
      if (row !== undefined) row[at] = weights[index] ?? 0;
    }
  }
  return model;
}

/** The odds of at least 2, 3 and 4. */
export function predict(model: Model, one: Example): number[] {
  return [0, 1, 2].map((at) => {
    let sum = (model.biases[at] ?? 0) + (one.offsets[at] ?? 0);
    for (const [name, value] of one.features) sum += (model.weights.get(name)?.[at] ?? 0) * value;
    return sigmoid(sum);
  });
}
