import { systemZone } from "@kaelix/base";
import type { CallInput, CallOutput, Routes } from "@kaelix/contract";

import { type CommonOptions, connect, type Connection } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { memoriesText, printJson, printTable, say } from "../output.ts";
import { openUp } from "./unlock.ts";

type Timeline = CallOutput<Routes["timeline.read"]>;
type Query = NonNullable<CallInput<Routes["timeline.read"]>["query"]>;

/** Options of `timeline`. */
export interface TimelineOptions extends CommonOptions {
  readonly person?: string;
  readonly source?: string;
  readonly zone?: string;
  readonly open?: string;
}

const BAR_LENGTH = 30;
const MEMORIES_MAX = 200;

/** `kaelix timeline [WHEN]`: how much each month holds; of a month its days; of a day its memories. */
export async function timeline(when: string | undefined, options: TimelineOptions): Promise<number> {
  const [, month, day] = /^(\d{4}-\d{2})(-\d{2})?$/.exec(when ?? "") ?? [];
  if (when !== undefined && month === undefined) {
    throw new CommandFailure(
      EXIT.usage,
      `Cannot show ${when}: it must be a month like 2026-03 or a day like 2026-03-14`,
    );
  }
  const connection = await connect(options);
  try {
    await openUp(connection, options.open);
    const { person, source, zone = systemZone() } = options;
    // The server says which sources there are.
    const narrowed = { ...(person && { person }), ...(source && { source: source as Query["source"] }) };
    const query = { zone, ...narrowed, ...(month && { month }) };
    const { data } = await connection.client.call("timeline.read", { query });
    if (day === undefined) showCounts(data, options);
    else await showDay(connection, { day: `${month}${day}`, timeline: data }, options);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

function showCounts({ data, total, zone }: Timeline, options: TimelineOptions): void {
  if (options.json !== undefined) {
    printJson(data, options.json);
    return;
  }
  const most = Math.max(1, ...data.map(({ count }) => count));
  printTable(
    ["WHEN", "MEMORIES", ""],
    data.map(({ count, key }) => [key, String(count), "▮".repeat(Math.ceil((count / most) * BAR_LENGTH))]),
  );
  say(total === 0 ? "Nothing happened then" : `${memoriesText(total)}, ${zone}`, options);
}

async function showDay(
  { client }: Connection,
  { day, timeline }: { readonly day: string; readonly timeline: Timeline },
  options: TimelineOptions,
): Promise<void> {
  const part = timeline.data.find(({ key }) => key === day);
  const found = part === undefined ? [] : await memoriesOf(client, part, options);
  if (options.json !== undefined) {
    printJson(found, options.json);
    return;
  }
  printTable(
    ["AT", "WHO", "WHAT", "ID"],
    found.map(({ id, occurred_at: at, speaker, text }) => [timeIn(timeline.zone, at), speaker ?? "you", text, id]),
  );
  if (found.length === 0) say("Nothing happened then", options);
  else if (found.length < (part?.count ?? 0)) say(`${found.length} of ${part?.count}`, options);
}

type Shown = Pick<CallOutput<Routes["memories.read"]>, "id" | "occurred_at" | "speaker" | "text" | "level">;

/** A day's memories, oldest first; those that somebody said come from search, which knows speakers. */
async function memoriesOf(
  client: Connection["client"],
  { from: after, to: before }: Timeline["data"][number],
  { person, source }: TimelineOptions,
): Promise<readonly Shown[]> {
  const from = source as Query["source"];
  const narrowed = { after, before, ...(from && { source: from }) };
  if (person === undefined) {
    const { data } = await client.call("memories.list", { query: { ...narrowed, limit: MEMORIES_MAX, owner: "me" } });
    return data.data.toReversed();
  }
  const body = { query: "", filter: { ...narrowed, person, owner: "me" as const }, limit: MEMORIES_MAX, facets: false };
  return (await client.call("searches.run", { body })).data.hits.map(({ memory }) => memory).toReversed();
}

function timeIn(timeZone: string, at: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" }).format(Date.parse(at));
}
