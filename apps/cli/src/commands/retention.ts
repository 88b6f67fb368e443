import type { CallInput, CallOutput, Routes } from "@kaelix/contract";
import { SOURCE_KINDS, type SourceKind } from "@kaelix/model";

import { type CommonOptions, connected, type Connection } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { memoriesText, printJson, printTable, say } from "../output.ts";
import { agree } from "../prompt.ts";
import { withProof } from "./prove.ts";
import { openUp } from "./unlock.ts";

type Retention = CallOutput<Routes["retention.read"]>;
type Rules = NonNullable<NonNullable<CallInput<Routes["retention.choose"]>["body"]>["rules"]>;
type Months = Rules["months"];

const YEAR = 12;

/** Options of whatever shows or counts. */
export interface RetentionOptions extends CommonOptions {
  readonly open?: string;
}

/** Options of what chooses. */
export interface ChooseOptions extends RetentionOptions {
  readonly source?: readonly string[];
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** `kaelix retention`: how long memories are kept, and what goes next. */
export function showRetention(options: RetentionOptions): Promise<number> {
  return connected(options, async (connection) => {
    await openUp(connection, options.open);
    report((await connection.client.call("retention.read")).data, options);
    return EXIT.ok;
  });
}

/** `kaelix retention set PERIOD`: says what it would let go, asks, and chooses it. */
export function chooseRetention(period: string, options: ChooseOptions): Promise<number> {
  const sources = (options.source ?? []).map((text) => {
    const [kind = "", of = ""] = text.split("=", 2);
    return { source: sourceOf(kind), months: monthsOf(of) };
  });
  return choosing({ months: monthsOf(period), sources }, options);
}

/** `kaelix retention reset`: as the server is set up. */
export function resetRetention(options: ChooseOptions): Promise<number> {
  return choosing(null, options);
}

/** `kaelix retention list`: what reaches its age within 30 days. */
export function listLeaving(options: RetentionOptions): Promise<number> {
  return connected(options, async (connection) => {
    await openUp(connection, options.open);
    const { data } = await connection.client.call("retention.leaving", { query: { limit: 100 } });
    if (options.json !== undefined) {
      printJson(data, options.json);
      return EXIT.ok;
    }
    printTable(
      ["MEMORY", "KEPT UNTIL", "LEVEL", "TEXT"],
      data.data.map(({ memory, until }) => [memory.id, until, memory.level, memory.text]),
    );
    if (data.total > data.data.length) say(`The oldest ${data.data.length} of ${data.total}`, options);
    if (data.total === 0) say("Nothing reaches its age within 30 days", options);
    return EXIT.ok;
  });
}

/** `kaelix retention keep ID…` and `unkeep ID…`: whatever its age, or by the rules again. */
export function keepMemories(isKept: boolean, ids: readonly string[], options: RetentionOptions): Promise<number> {
  return connected(options, async (connection) => {
    await openUp(connection, options.open);
    const kept = [];
    for (const id of ids) {
      const call = { params: { id }, body: { kept: isKept } };
      kept.push({ id, ...(await connection.client.call("memories.keep", call)).data });
    }
    if (options.json !== undefined) printJson(kept, options.json);
    else
      printTable(
        ["MEMORY", "KEPT UNTIL"],
        kept.map(({ id, until }) => [id, until ?? "for ever"]),
      );
    return EXIT.ok;
  });
}

function choosing(rules: Rules | null, options: ChooseOptions): Promise<number> {
  return connected(options, async (connection) => {
    await openUp(connection, options.open);
    const { data: going } = await connection.client.call("retention.preview", { body: { rules } });
    const words =
      going.total === 0
        ? "Nothing up to the level that is open would go within a week"
        : `${memoriesText(going.total)} up to the level that is open would go for good on ${going.on} (${sourceWords(going.sources)})`;
    if (options.dryRun === true) {
      if (options.json === undefined) process.stdout.write(`${words}\n`);
      else printJson(going, options.json);
      return EXIT.ok;
    }
    say(words, options);
    await agree("The rules hold for every level. Choose them?", options.yes === true);
    report(await chosen(connection, rules), options);
    return EXIT.ok;
  });
}

async function chosen(connection: Connection, rules: Rules | null): Promise<Retention> {
  return (await withProof(connection, () => connection.client.call("retention.choose", { body: { rules } }))).data;
}

function report(data: Retention, options: CommonOptions): void {
  if (options.json !== undefined) {
    printJson(data, options.json);
    return;
  }
  const { announced, chosen_at: chosenAt, kept, next_30_days: next, rules } = data;
  const lines = [
    `kept\t${periodText(rules.months)} from when it was told${chosenAt === null ? " (as the server is set up)" : ""}`,
    ...rules.sources.map(({ months, source }) => `from ${source}\t${periodText(months)}`),
    `by name\t${memoriesText(kept)}, whatever their age`,
    `going\t${announced === null ? "nothing is announced" : `${memoriesText(announced.total)} on ${announced.on} (${sourceWords(announced.sources)})`}`,
    `30 days\t${memoriesText(next)}`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function sourceWords(sources: readonly { readonly source: string; readonly count: number }[]): string {
  return sources.map(({ count, source }) => `${count} from ${source}`).join(", ");
}

/** `84` → `7 years`. */
function periodText(months: Months): string {
  if (months === null) return "for ever";
  const [count, unit] = months % YEAR === 0 ? [months / YEAR, "year"] : [months, "month"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

function monthsOf(text: string): Months {
  if (text === "forever") return null;
  const match = /^([1-9]\d{0,3})(y|m)$/.exec(text);
  if (match === null)
    throw new CommandFailure(EXIT.usage, `Cannot read ${text}: must be a period such as 7y or 18m, or forever`);
  return Number(match[1]) * (match[2] === "y" ? YEAR : 1);
}

function sourceOf(text: string): SourceKind {
  const kind = SOURCE_KINDS.find((known) => known === text);
  if (kind === undefined)
    throw new CommandFailure(
      EXIT.usage,
      `Cannot read ${text}: must be one of ${SOURCE_KINDS.join(", ")}, as in chat=2y`,
    );
  return kind;
}
