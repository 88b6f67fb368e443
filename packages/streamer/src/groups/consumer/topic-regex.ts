/**
 * Patterns for topic names, matched in time proportional to the name: a set of states walks along the characters, nothing backtracks
 * (Thompson 1968; RE2, whose syntax KIP-848 names).
 *
 *     literals  .  [a-z] [^a-z]  \d \D \w \W \s \S  \. and other escapes  ( ) (?: ) (?P<name> )  |  * + ? {m} {m,} {m,n}  lazy ?  ^ $ \A \z
 *
 * The whole name must match. Refused: back-references, look-around, flags, word boundaries, and patterns that grow beyond the bounds below.
 */

const PATTERN_LENGTH_MAX = 1024;
const PROGRAM_LENGTH_MAX = 20_000;
const REPEAT_MAX = 1000;
const DEPTH_MAX = 100;

/** A pattern that says yes or no to a name. */
export interface TopicPattern {
  matches(name: string): boolean;
}

type CharacterTest = (code: number) => boolean;

/** What is read from a pattern. */
type Node =
  | { readonly type: "empty" }
  | { readonly type: "character"; readonly test: CharacterTest }
  | { readonly type: "start" }
  | { readonly type: "end" }
  | { readonly type: "sequence"; readonly parts: readonly Node[] }
  | { readonly type: "choice"; readonly parts: readonly Node[] }
  | { readonly type: "repeat"; readonly part: Node; readonly min: number; readonly max: number };

/** What is walked. `split` goes on at both places. */
type Step =
  | { readonly type: "character"; readonly test: CharacterTest }
  | { readonly type: "start" }
  | { readonly type: "end" }
  | { readonly type: "split"; left: number; right: number }
  | { readonly type: "match" };

class PatternError extends Error {}

/** Understands a pattern; a text that says why when it cannot. */
export function parseTopicPattern(pattern: string): TopicPattern | string {
  if (pattern.length > PATTERN_LENGTH_MAX) {
    return `Cannot use the pattern: it has ${pattern.length} characters, must be at most ${PATTERN_LENGTH_MAX}`;
  }
  try {
    const steps: Step[] = [];
    compile(new PatternParser(pattern).parse(), { steps, visits: 0 });
    steps.push({ type: "match" });
    return { matches: (name) => run(steps, name) };
  } catch (error) {
    if (error instanceof PatternError) return `Cannot use the pattern: ${error.message}`;
    throw error;
  }
}

const DIGIT: CharacterTest = (code) => code >= 48 && code <= 57;
const WORD: CharacterTest = (code) =>
  DIGIT(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
const SPACE: CharacterTest = (code) => code === 32 || (code >= 9 && code <= 13);
const ANY: CharacterTest = (code) => code !== 10;
const not =
  (test: CharacterTest): CharacterTest =>
  (code) =>
    !test(code);
const CLASSES: ReadonlyMap<string, CharacterTest> = new Map([
  ["d", DIGIT],
  ["D", not(DIGIT)],
  ["w", WORD],
  ["W", not(WORD)],
  ["s", SPACE],
  ["S", not(SPACE)],
]);
const CONTROLS: ReadonlyMap<string, number> = new Map([
  ["n", 10],
  ["t", 9],
  ["r", 13],
  ["f", 12],
  ["v", 11],
]);

class PatternParser {
  readonly #pattern: string;
  #at = 0;
  #depth = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  parse(): Node {
    const node = this.#choice();
    if (this.#at < this.#pattern.length) throw new PatternError("a parenthesis is closed that was not opened");
    return node;
  }

  #choice(): Node {
    const parts = [this.#sequence()];
    while (this.#take("|")) parts.push(this.#sequence());
    return parts.length === 1 ? (parts[0] ?? { type: "empty" }) : { type: "choice", parts };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    for (let next = this.#peek(); next !== "" && next !== "|" && next !== ")"; next = this.#peek()) {
      parts.push(this.#repeated(this.#atom()));
    }
    return { type: "sequence", parts };
  }

  #repeated(atom: Node): Node {
    let node = atom;
    for (let repeats = 0; ; repeats += 1) {
      const bounds = this.#bounds();
      if (bounds === undefined) return node;
      if (repeats > 0) throw new PatternError("a repetition is repeated");
      this.#take("?");
      node = { type: "repeat", part: node, ...bounds };
    }
  }

  #bounds(): { readonly min: number; readonly max: number } | undefined {
    if (this.#take("*")) return { min: 0, max: Infinity };
    if (this.#take("+")) return { min: 1, max: Infinity };
    if (this.#take("?")) return { min: 0, max: 1 };
    const found = /^\{(\d{1,5})(,(\d{0,5}))?\}/.exec(this.#pattern.slice(this.#at, this.#at + 16));
    if (found === null) return undefined;
    this.#at += found[0].length;
    const min = Number(found[1]);
    const max = found[2] === undefined ? min : found[3] === "" ? Infinity : Number(found[3]);
    const isBounded = min <= REPEAT_MAX && (max <= REPEAT_MAX || max === Infinity);
    if (!isBounded || max < min) throw new PatternError(`a count is not 0 to ${REPEAT_MAX}`);
    return { min, max };
  }

  #atom(): Node {
    const character = this.#next();
    if (character === "(") return this.#group();
    if (character === "[") return { type: "character", test: this.#set() };
    if (character === ".") return { type: "character", test: ANY };
    if (character === "^") return { type: "start" };
    if (character === "$") return { type: "end" };
    if (character === "\\") return this.#escape();
    if ("*+?".includes(character)) throw new PatternError("there is nothing to repeat");
    return literal(character);
  }

  #group(): Node {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw new PatternError(`it nests deeper than ${DEPTH_MAX}`);
    if (this.#take("?") && !this.#take(":")) {
      const name = /^P?<[A-Za-z]\w*>/.exec(this.#pattern.slice(this.#at));
      if (name === null) throw new PatternError("flags and look-around are not supported");
      this.#at += name[0].length;
    }
    const node = this.#choice();
    if (!this.#take(")")) throw new PatternError("a parenthesis is not closed");
    this.#depth -= 1;
    return node;
  }

  #escape(): Node {
    const character = this.#next();
    const test = CLASSES.get(character);
    if (test !== undefined) return { type: "character", test };
    if (character === "A") return { type: "start" };
    if (character === "z") return { type: "end" };
    return { type: "character", test: exactly(this.#escapedCode(character)) };
  }

  #escapedCode(character: string): number {
    const control = CONTROLS.get(character);
    if (control !== undefined) return control;
    if (/[A-Za-z0-9]/.test(character)) throw new PatternError(`\\${character} is not supported`);
    return character.charCodeAt(0);
  }

  #set(): CharacterTest {
    const isNegated = this.#take("^");
    const tests: CharacterTest[] = [];
    for (let isFirst = true; isFirst || this.#peek() !== "]"; isFirst = false) {
      const start = this.#setMember();
      if (typeof start === "function") {
        tests.push(start);
        continue;
      }
      let end = start;
      const isRange = this.#peek() === "-" && (this.#pattern[this.#at + 1] ?? "]") !== "]";
      if (isRange) {
        this.#at += 1;
        const other = this.#setMember();
        if (typeof other === "function" || other < start) throw new PatternError("a range is upside down");
        end = other;
      }
      tests.push((code) => code >= start && code <= end);
    }
    this.#at += 1;
    const test: CharacterTest = (code) => tests.some((each) => each(code));
    return isNegated ? not(test) : test;
  }

  #setMember(): CharacterTest | number {
    const character = this.#next();
    if (character === "[" && this.#peek() === ":") throw new PatternError("named classes are not supported");
    if (character !== "\\") return character.charCodeAt(0);
    const escaped = this.#next();
    return CLASSES.get(escaped) ?? this.#escapedCode(escaped);
  }

  #peek(): string {
    return this.#pattern[this.#at] ?? "";
  }

  #next(): string {
    const character = this.#pattern[this.#at];
    if (character === undefined) throw new PatternError("it ends too early");
    this.#at += 1;
    return character;
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at += 1;
    return true;
  }
}

function exactly(wanted: number): CharacterTest {
  return (code) => code === wanted;
}

function literal(character: string): Node {
  return { type: "character", test: exactly(character.charCodeAt(0)) };
}

/** A program that is being written. Visits are counted too: a repetition of nothing writes nothing. */
interface Program {
  readonly steps: Step[];
  visits: number;
}

function compile(node: Node, program: Program): void {
  const { steps } = program;
  program.visits += 1;
  if (program.visits > PROGRAM_LENGTH_MAX || steps.length > PROGRAM_LENGTH_MAX) {
    throw new PatternError("its repetitions make it too large");
  }
  switch (node.type) {
    case "empty":
      return;
    case "character":
    case "start":
    case "end":
      steps.push(node);
      return;
    case "sequence":
      for (const part of node.parts) compile(part, program);
      return;
    case "choice":
      compileChoice(node.parts, program);
      return;
    case "repeat":
      compileRepeat(node, program);
      return;
    default:
      node satisfies never;
  }
}

function compileChoice(parts: readonly Node[], program: Program): void {
  const { steps } = program;
  const ends: { left: number; right: number }[] = [];
  for (const [index, part] of parts.entries()) {
    if (index === parts.length - 1) {
      compile(part, program);
      break;
    }
    const split = { type: "split" as const, left: steps.length + 1, right: 0 };
    steps.push(split);
    compile(part, program);
    const end = { type: "split" as const, left: 0, right: 0 };
    steps.push(end);
    ends.push(end);
    split.right = steps.length;
  }
  for (const end of ends) {
    end.left = steps.length;
    end.right = steps.length;
  }
}

function compileRepeat({ max, min, part }: Node & { readonly type: "repeat" }, program: Program): void {
  const { steps } = program;
  for (let copies = 0; copies < min; copies += 1) compile(part, program);
  if (max === Infinity) {
    const start = steps.length;
    const split = { type: "split" as const, left: start + 1, right: 0 };
    steps.push(split);
    compile(part, program);
    steps.push({ type: "split", left: start, right: start });
    split.right = steps.length;
    return;
  }
  const splits: { left: number; right: number }[] = [];
  for (let copies = min; copies < max; copies += 1) {
    const split = { type: "split" as const, left: steps.length + 1, right: 0 };
    steps.push(split);
    splits.push(split);
    compile(part, program);
  }
  for (const split of splits) split.right = steps.length;
}

/** Walks all states at once. A state is visited at most once per character. */
function run(steps: readonly Step[], name: string): boolean {
  let states = follow(steps, [0], { at: 0, length: name.length });
  for (let at = 0; at < name.length; at += 1) {
    const code = name.charCodeAt(at);
    const next: number[] = [];
    for (const state of states) {
      const step = steps[state];
      if (step?.type === "character" && step.test(code)) next.push(state + 1);
    }
    if (next.length === 0) return false;
    states = follow(steps, next, { at: at + 1, length: name.length });
  }
  return [...states].some((state) => steps[state]?.type === "match");
}

function follow(
  steps: readonly Step[],
  from: readonly number[],
  place: { readonly at: number; readonly length: number },
): Set<number> {
  const reached = new Set<number>();
  const open = [...from];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    if (reached.has(state)) continue;
    reached.add(state);
    const step = steps[state];
    if (step?.type === "split") open.push(step.left, step.right);
    else if (step?.type === "start" && place.at === 0) open.push(state + 1);
    else if (step?.type === "end" && place.at === place.length) open.push(state + 1);
  }
  return reached;
}
