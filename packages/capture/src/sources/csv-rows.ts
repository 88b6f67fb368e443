/**
 * Lines → CSV rows (RFC 4180, with what Excel adds). Own small state machine.
 *
 * A quoted field may hold separators, doubled quotes and line ends. A quote that never closes would swallow the file: after
 * `ROW_LENGTH_MAX` letters its line is reported and reading goes on with the next one; after 64 such lines, quotes no longer join
 * lines.
 */
import { excerpt, type TextLine } from "./text-lines.ts";
import type { ImportProblem } from "./types.ts";

const ROW_LENGTH_MAX = 262_144;
const UNCLOSED_MAX = 64;

/** A row, with the line it begins on. */
export interface CsvRow {
  readonly type: "row";
  readonly line: number;
  readonly cells: readonly string[];
  readonly head: string;
}

/** A row or what was wrong with it. */
type CsvItem = CsvRow | ({ readonly type: "problem" } & ImportProblem);

interface RowState {
  readonly cells: string[];
  cell: string;
  isQuoted: boolean;
}

/**
 * Runs one line through the machine.
 * @returns `row` when it is complete, `open` while a quote is, `broken` when the quote that ends a field of several lines has
 * letters behind it: then it is no end but the beginning of another field, and the first quote was never closed
 */
function feedLine(state: RowState, line: string, separator: string): "row" | "open" | "broken" {
  let index = 0;
  while (index <= line.length) {
    if (state.isQuoted) {
      const quote = line.indexOf('"', index);
      if (quote < 0) {
        state.cell += `${line.slice(index)}\n`;
        return "open";
      }
      state.cell += line.slice(index, quote);
      index = quote + 1;
      if (line.charAt(index) === '"') {
        state.cell += '"';
        index++;
      } else {
        state.isQuoted = false;
        const next = line.charAt(index);
        if (state.cell.includes("\n") && next !== "" && next !== separator && next.trim() !== "") return "broken";
      }
      continue;
    }
    const letter = line.charAt(index);
    if (letter === '"' && state.cell.trim() === "") {
      state.cell = "";
      state.isQuoted = true;
      index++;
      continue;
    }
    const end = line.indexOf(separator, index);
    const stop = end < 0 ? line.length : end;
    state.cell += line.slice(index, stop);
    state.cells.push(state.cell);
    state.cell = "";
    index = stop + 1;
    if (end < 0) return "row";
  }
  return "row";
}

/** The cells of one line taken alone; undefined when a quote stays open. */
export function splitCsvLine(line: string, separator: string): string[] | undefined {
  const state: RowState = { cells: [], cell: "", isQuoted: false };
  return feedLine(state, line, separator) === "row" ? state.cells : undefined;
}

/** Puts lines together to rows; give it every line in order, then `finish`. */
export class CsvAssembler {
  readonly #separator: string;
  #state: RowState = { cells: [], cell: "", isQuoted: false };
  #held: TextLine[] = [];
  #heldLength = 0;
  #unclosed = 0;

  constructor(separator: string) {
    this.#separator = separator;
  }

  /** The rows that end with these lines. */
  push(lines: readonly TextLine[]): CsvItem[] {
    const items: CsvItem[] = [];
    for (const line of lines) this.#feed(line, items);
    return items;
  }

  /** The rest; a quote still open is a problem and its lines are read again one by one. */
  finish(): CsvItem[] {
    const items: CsvItem[] = [];
    while (this.#held.length > 0) this.#giveUp(items);
    return items;
  }

  #feed(line: TextLine, items: CsvItem[]): void {
    if (this.#held.length === 0 && line.text.trim() === "") return;
    this.#held.push(line);
    this.#heldLength += line.text.length;
    const outcome = feedLine(this.#state, line.text, this.#separator);
    if (outcome === "row") {
      const [first] = this.#held;
      if (first !== undefined) {
        items.push({ type: "row", line: first.number, cells: this.#state.cells, head: excerpt(first.text) });
      }
      this.#reset();
    } else if (outcome === "broken" || this.#heldLength > ROW_LENGTH_MAX || this.#unclosed >= UNCLOSED_MAX)
      this.#giveUp(items);
  }

  #reset(): void {
    this.#state = { cells: [], cell: "", isQuoted: false };
    this.#held = [];
    this.#heldLength = 0;
  }

  #giveUp(items: CsvItem[]): void {
    const [first, ...others] = this.#held;
    this.#reset();
    this.#unclosed++;
    if (first === undefined) return;
    const why = "Cannot read the row: a quote is opened and never closed";
    items.push({ type: "problem", line: first.number, text: excerpt(first.text), why });
    for (const line of others) this.#feed(line, items);
  }
}

const SEPARATORS = [",", ";", "\t", "|"];

/** The separator that gives the first lines the same number of columns, more than one; undefined when none does. */
export function detectSeparator(lines: readonly string[]): string | undefined {
  let best: { separator: string; score: number } | undefined;
  for (const separator of SEPARATORS) {
    const assembler = new CsvAssembler(separator);
    const numbered = lines.map((text, at) => ({ number: at + 1, text, endsWithCrlf: false, trouble: "none" as const }));
    const rows = assembler.push(numbered).filter((item) => item.type === "row");
    const columns = rows[0]?.cells.length ?? 0;
    if (columns < 2) continue;
    const equal = rows.filter((row) => row.cells.length === columns).length;
    const score = (equal / rows.length) * 100 + Math.min(columns, 20);
    if (equal * 2 >= rows.length && (best === undefined || score > best.score)) best = { separator, score };
  }
  return best?.separator;
}
