/**
 * Tables: comma, semicolon, tab or bar separated, with or without a head.
 *
 * One row is one memory. Columns that mean nothing to us are kept beside it as its context. The order of day and month is decided
 * over the whole column (`date-order.ts`) or asked. Cells are kept as they are: what looks like a formula is text here.
 */
import { type MemoryDraft, parseLevel } from "@kaelix/model";
import type { TextSource } from "./container.ts";
import { type CsvColumns, type ColumnRole, findColumns } from "./csv-columns.ts";
import { CsvAssembler, type CsvRow, detectSeparator } from "./csv-rows.ts";
import { askDateOrder, DateOrderTally, type DateReading, stampDay } from "./date-order.ts";
import { spellMonth } from "./month-names.ts";
import { parseEpoch, parseIsoTime } from "./local-time.ts";
import { fitContext, RecordBuilder } from "./records.ts";
import { scanDateCell, type Stamp } from "./stamp.ts";
import { excerpt, lineTrouble, readLines, type TextLine } from "./text-lines.ts";
import type { PreparedSource, PrepareOptions, ReadOptions, RecordTime, SourceItem } from "./types.ts";

const HEAD_LINES = 200;

/** What was learned of a table from its first lines. */
interface TableShape {
  readonly separator: string;
  readonly columns: CsvColumns;
  /** Lines before the table (`sep=;`). */
  readonly skipLines: number;
}

/**
 * Looks at the first lines of a table; undefined when they are none.
 * @param fallbackSeparator taken when the lines have one column, for files that are called a table
 */
export function findTable(lines: readonly string[], fallbackSeparator?: string): TableShape | undefined {
  const told = /^sep=(.)$/iu.exec(lines[0]?.trim() ?? "")?.[1];
  const skipLines = told === undefined ? 0 : 1;
  const body = lines.slice(skipLines);
  const separator = told ?? detectSeparator(body) ?? fallbackSeparator;
  if (separator === undefined) return undefined;
  const assembler = new CsvAssembler(separator);
  const numbered = body.map((text, at) => ({ number: at + 1, text, endsWithCrlf: false, trouble: "none" as const }));
  const rows = assembler.push(numbered).flatMap((item) => (item.type === "row" ? [item.cells] : []));
  const columns = findColumns(rows);
  return columns === undefined ? undefined : { separator, columns, skipLines };
}

/** The separator a file's name promises. */
export function separatorOfName(name: string): string | undefined {
  if (/\.tsv$/iu.test(name)) return "\t";
  return /\.csv$/iu.test(name) ? "," : undefined;
}

/** The first lines of a source, few enough to look at them at once. */
export async function readFirstLines(source: TextSource, signal?: AbortSignal): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of readLines(source.open(), signal)) {
    for (const line of batch.lines) if (line.trouble !== "long") lines.push(line.text);
    if (lines.length >= HEAD_LINES || batch.bytesRead > 4 * 1_048_576) break;
  }
  return lines.slice(0, HEAD_LINES);
}

/** A table as a source; undefined when it is none. */
export async function prepareCsv(source: TextSource, options: PrepareOptions): Promise<PreparedSource | undefined> {
  const table = findTable(await readFirstLines(source, options.signal), separatorOfName(source.name));
  if (table === undefined) return undefined;
  const { tally, written } = await tallyDates(source, table, options.signal);
  const decision = tally.decide();
  const { reading, isOpen } = tally.choose(options.answers.dateOrder);
  return {
    format: "csv",
    bytes: source.bytes,
    dateQuestion: isOpen ? askDateOrder(decision, tally.first, written) : undefined,
    isBlocked: isOpen,
    title: undefined,
    items: (read) => readTable(source, { table, reading, prepare: options }, read),
  };
}

async function tallyDates(
  source: TextSource,
  table: TableShape,
  signal: AbortSignal | undefined,
): Promise<{ readonly tally: DateOrderTally; readonly written: string }> {
  const tally = new DateOrderTally();
  const column = table.columns.roles.indexOf("date");
  let written = "";
  if (column < 0) return { tally, written };
  const assembler = new CsvAssembler(table.separator);
  const add = (cells: readonly string[]): void => {
    const cell = cells[column] ?? "";
    const stamp = parseIsoTime(cell) === undefined ? scanDateCell(cell) : undefined;
    if (stamp === undefined) return;
    if (tally.first === undefined) written = cell.trim();
    tally.add(stamp);
  };
  for await (const batch of readLines(source.open(), signal)) {
    for (const item of assembler.push(batch.lines)) if (item.type === "row") add(item.cells);
    if (tally.isSettled) break;
  }
  for (const item of assembler.finish()) if (item.type === "row") add(item.cells);
  return { tally, written };
}

interface TableRead {
  readonly table: TableShape;
  readonly reading: DateReading;
  readonly prepare: PrepareOptions;
}

async function* readTable(source: TextSource, read: TableRead, options: ReadOptions): AsyncIterable<SourceItem> {
  const reader = new RowReader(read);
  for await (const batch of readLines(source.open(), options.signal)) {
    for (const line of batch.lines) {
      const why = lineTrouble(line);
      if (why !== undefined) yield { type: "problem", line: line.number, text: excerpt(line.text), why };
    }
    yield* reader.push(batch.lines.filter((line) => line.trouble !== "long"));
    options.onProgress?.({ bytesRead: batch.bytesRead, bytesTotal: source.bytes });
  }
  yield* reader.finish();
}

class RowReader {
  readonly #assembler: CsvAssembler;
  readonly #table: TableShape;
  readonly #reading: DateReading;
  readonly #builder: RecordBuilder;
  #rows = 0;

  constructor({ table, reading, prepare }: TableRead) {
    this.#table = table;
    this.#reading = reading;
    this.#assembler = new CsvAssembler(table.separator);
    this.#builder = new RecordBuilder("csv", prepare);
  }

  *push(lines: readonly TextLine[]): Iterable<SourceItem> {
    const body = lines.filter((line) => line.number > this.#table.skipLines);
    for (const item of this.#assembler.push(body)) {
      if (item.type === "problem") yield item;
      else yield* this.#readRow(item);
    }
  }

  *finish(): Iterable<SourceItem> {
    for (const item of this.#assembler.finish()) {
      if (item.type === "problem") yield item;
      else yield* this.#readRow(item);
    }
  }

  *#readRow(row: CsvRow): Iterable<SourceItem> {
    this.#rows++;
    const { columns } = this.#table;
    if (this.#rows === 1 && columns.hasHead) return;
    const problem = (why: string): SourceItem => ({ type: "problem", line: row.line, text: row.head, why });
    if (row.cells.length !== columns.roles.length) {
      yield problem(
        `Cannot read the row: current number of columns is ${row.cells.length}, must be ${columns.roles.length}`,
      );
      return;
    }
    const text = this.#cell(row, "text");
    if (text === "") {
      if (row.cells.every((cell) => cell.trim() === "")) yield { type: "skipped", what: "empty" };
      else yield problem("Cannot read the row: its text is empty");
      return;
    }
    const time = this.#readTime(row);
    if (typeof time === "string") {
      yield problem(time);
      return;
    }
    const { extra, note } = this.#readExtra(row);
    if (note !== undefined) yield problem(note);
    const from = this.#cell(row, "speaker") || undefined;
    const id = this.#cell(row, "id") || undefined;
    const built = this.#builder.build({
      line: row.line,
      text: text.toWellFormed(),
      source: "csv",
      time,
      from,
      id,
      extra,
    });
    yield typeof built === "string" ? problem(built) : built;
  }

  #cell(row: CsvRow, role: ColumnRole): string {
    const column = this.#table.columns.roles.indexOf(role);
    return column < 0 ? "" : (row.cells[column] ?? "").trim();
  }

  #readTime(row: CsvRow): RecordTime | undefined | string {
    const date = this.#cell(row, "date");
    if (date === "") return undefined;
    const clock = this.#cell(row, "time");
    const whole = clock === "" ? date : `${date} ${clock}`;
    return (
      this.#parseTime(whole) ??
      this.#parseTime(date) ??
      "Cannot read the date: there is no such day, or it is written in a way that is not known"
    );
  }

  #parseTime(text: string): RecordTime | undefined {
    const iso = parseIsoTime(text);
    if (iso !== undefined) return iso;
    if (/^\d{9,17}$/u.test(text)) return parseEpoch(Number(text));
    const stamp = scanDateCell(spellMonth(text));
    return stamp === undefined ? undefined : stampTime(stamp, this.#reading);
  }

  #readExtra(row: CsvRow): {
    readonly extra: Pick<MemoryDraft, "level" | "conversation" | "context">;
    readonly note: string | undefined;
  } {
    const { names, roles } = this.#table.columns;
    const told = this.#cell(row, "level").toLowerCase();
    const level = parseLevel(told);
    const isUnknown = level === undefined && told !== "" && told !== "auto";
    const title = this.#cell(row, "conversation");
    const beside: Record<string, string> = {};
    for (const [column, role] of roles.entries()) {
      const cell = (row.cells[column] ?? "").trim();
      const name = names[column];
      if ((role === "other" || role === "tags") && cell !== "" && name !== undefined && name !== "")
        beside[name] = cell;
    }
    const context = fitContext(beside);
    return {
      extra: {
        ...(level === undefined ? {} : { level }),
        ...(title === "" ? {} : { conversation: { key: title, title } }),
        ...(context === undefined ? {} : { context }),
      },
      note: isUnknown ? "The level is not known and is left to the classifier" : undefined,
    };
  }
}

function stampTime(stamp: Stamp, reading: DateReading): RecordTime | undefined {
  // A leading year of four digits speaks for itself, whatever the other cells of the column look like.
  const isPlain = stamp.yearField === 0 && reading.order !== "year-day";
  const day = stampDay(stamp, isPlain ? { ...reading, order: "year-first" } : reading);
  if (day === undefined) return undefined;
  if (stamp.secondOfDay === undefined) return { type: "local", localMs: day, precision: "day" };
  const precision = stamp.hasSeconds ? "second" : "minute";
  return { type: "local", localMs: day + stamp.secondOfDay * 1000, precision };
}
