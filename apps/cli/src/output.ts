/**
 * What a command prints: data on standard output, words and bars on standard error.
 * A table on a terminal, tab-separated lines otherwise, JSON when asked.
 */
import { styleText } from "node:util";

/** How the person wants it. */
export interface OutputOptions {
  /** `true`: all fields; a text: these fields, comma-separated. */
  readonly json?: boolean | string;
  readonly quiet?: boolean;
}

/** Prints data as JSON: everything, or the named fields of each object. */
export function printJson(data: unknown, json: boolean | string): void {
  const picked =
    typeof json === "string"
      ? pick(
          data,
          json.split(",").map((field) => field.trim()),
        )
      : data;
  process.stdout.write(`${JSON.stringify(picked)}\n`);
}

/** Prints rows: aligned with a head on a terminal, tab-separated without one in a pipe. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  if (!process.stdout.isTTY) {
    for (const row of rows)
      process.stdout.write(`${row.map((cell) => cell.replaceAll(/[\t\n\r]+/g, " ")).join("\t")}\n`);
    return;
  }
  const room = process.stdout.columns;
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.replaceAll(/\s+/g, " ").padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd()
      .slice(0, room);
  process.stdout.write(`${styleText("dim", line(head))}\n`);
  for (const row of rows) process.stdout.write(`${line(row)}\n`);
}

/** Says something to the person, not to the pipe. */
export function say(text: string, options: OutputOptions = {}): void {
  if (options.quiet !== true) process.stderr.write(`${text}\n`);
}

/** "1 memory", "2 memories". */
export function memoriesText(count: number): string {
  return count === 1 ? "1 memory" : `${count} memories`;
}

/** A bar on standard error: redrawn on a terminal, a line every ten seconds otherwise. */
export class ProgressBar {
  readonly #title: string;
  readonly #quiet: boolean;
  #shownMs = Number.NEGATIVE_INFINITY;

  constructor(title: string, options: OutputOptions) {
    this.#title = title;
    this.#quiet = options.quiet === true;
  }

  /** Shows a share from 0 to 1 and a few words. */
  show(share: number, words: string): void {
    if (this.#quiet) return;
    const nowMs = performance.now();
    const gapMs = process.stderr.isTTY ? 80 : 10_000;
    if (nowMs - this.#shownMs < gapMs) return;
    this.#shownMs = nowMs;
    const text = `${this.#title}  ${bar(share)}  ${words}`;
    process.stderr.write(process.stderr.isTTY ? `\r\u001B[2K${text}` : `${text}\n`);
  }

  /** Takes the bar away and says how it ended. */
  end(words: string): void {
    if (this.#quiet) return;
    process.stderr.write(process.stderr.isTTY ? `\r\u001B[2K${words}\n` : `${words}\n`);
  }
}

/** Eight blocks for a share from 0 to 1. */
export function bar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * 8);
  return "▮".repeat(full) + "▯".repeat(8 - full);
}

function pick(data: unknown, fields: readonly string[]): unknown {
  if (Array.isArray(data)) return data.map((item: unknown) => pick(item, fields));
  if (typeof data !== "object" || data === null) return data;
  const known = new Map(Object.entries(data));
  return Object.fromEntries(fields.map((field) => [field, known.get(field) ?? null]));
}
