import type { CallInput, Client, Routes } from "@kaelix/contract";
import { SOURCE_KINDS } from "@kaelix/model";

import { type CommonOptions, connect } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { printJson, printTable, say } from "../output.ts";
import { endOf, timeOf } from "../time.ts";
import { levelOf } from "./memories.ts";
import { withProof } from "./prove.ts";

/** Options of `share`. */
export interface ShareOptions extends CommonOptions {
  readonly with: string;
  readonly until: string;
  readonly conversation?: string;
  readonly memory: readonly string[];
  readonly source?: string;
  readonly from?: string;
  readonly to?: string;
  readonly all?: boolean;
  readonly level?: string;
  readonly for?: string;
}

type ShareBody = NonNullable<CallInput<Routes["grants.create"]>["body"]>;

/** `kaelix share --with NAME --until 30d --conversation ID`: prints the id of the share. */
export async function share(options: ShareOptions): Promise<number> {
  const what = scopeOf(options);
  const expiresAt = endOf(options.until);
  const level = options.level === undefined ? {} : { level: levelOf(options.level) };
  const connection = await connect(options);
  try {
    const { client } = connection;
    const to = await personOf(client, options.with);
    const body = { to, what, ...level, purpose: options.for ?? null, expires_at: expiresAt };
    const { data } = await withProof(connection, () => client.call("grants.create", { body }));
    if (options.json !== undefined) printJson(data, options.json);
    else process.stdout.write(`${data.id}\n`);
    say(`${data.to.name} sees it up to level ${data.level} until ${data.expires_at}`, options);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

/** `kaelix shares`: what one has shared and what one was given. */
export async function listShares(options: CommonOptions): Promise<number> {
  const connection = await connect(options);
  try {
    const { data } = await connection.client.call("grants.list");
    if (options.json !== undefined) {
      printJson(data, options.json);
      return EXIT.ok;
    }
    const rows = [
      ...data.given.map((one) => [one.id, `to ${one.to.name}`, ...columnsOf(one)]),
      ...data.received.map((one) => [one.id, `from ${one.from.name}`, ...columnsOf(one)]),
    ];
    if (rows.length === 0) say("Nothing is shared", options);
    else printTable(["SHARE", "WHO", "STATE", "LEVEL", "UNTIL", "FOR", "WHAT"], rows);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

/** `kaelix unshare ID`: it opens nothing from the next request on. */
export async function unshare(id: string, options: CommonOptions): Promise<number> {
  const connection = await connect(options);
  try {
    await connection.client.call("grants.end", { params: { id } });
    if (options.json !== undefined) printJson({ id, state: "ended" }, options.json);
    say(`Ended ${id}`, options);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

function columnsOf(one: Routes["grants.list"]["success"]["schema"]["_output"]["given"][number]): string[] {
  const { what, label } = one;
  const named = label ?? what.conversation ?? what.source ?? what.subject ?? what.memories?.join(" ");
  const range = what.type === "time" ? `${what.from} to ${what.until}` : "everything";
  return [one.state, one.level, one.expires_at, one.purpose ?? "anything", `${what.type}: ${named ?? range}`];
}

/** Who is meant: an id, or a name that is one person's alone. */
async function personOf(client: Client, text: string): Promise<string> {
  if (text.startsWith("usr_")) return text;
  const { data } = await client.call("directory.list");
  const named = data.data.filter(({ name }) => name.toLowerCase() === text.toLowerCase());
  const [only] = named;
  if (only !== undefined && named.length === 1) return only.id;
  const known = data.data.map(({ id, name }) => `\n  ${id} ${name}`).join("");
  if (named.length > 1) {
    throw new CommandFailure(EXIT.usage, `Cannot share with ${text}: several are called that, give the id${known}`);
  }
  const others = data.data.length === 0 ? "; there is nobody else here" : `; there are${known}`;
  throw new CommandFailure(EXIT.missing, `Cannot share with ${text}: there is nobody of that name${others}`);
}

function scopeOf(options: ShareOptions): ShareBody["what"] {
  const { conversation, memory, source, from, to } = options;
  const asked: ShareBody["what"][] = [];
  if (conversation !== undefined) asked.push({ type: "conversation", conversation });
  if (memory.length > 0) asked.push({ type: "memories", memories: [...memory] });
  if (source !== undefined) asked.push({ type: "source", source: sourceOf(source) });
  if (from !== undefined && to !== undefined) asked.push({ type: "time", from: timeOf(from), until: timeOf(to) });
  if (options.all === true) asked.push({ type: "all" });
  const [what] = asked;
  const isHalf = (from === undefined) !== (to === undefined);
  if (what === undefined || asked.length > 1 || isHalf) {
    const ways = "--conversation, --memory, --source, --from with --to, or --all";
    throw new CommandFailure(EXIT.usage, `Cannot tell what to share: give one of ${ways}`);
  }
  return what;
}

function sourceOf(text: string): (typeof SOURCE_KINDS)[number] {
  const source = SOURCE_KINDS.find((kind) => kind === text);
  if (source !== undefined) return source;
  throw new CommandFailure(
    EXIT.usage,
    `Cannot use source: current value is ${text}, must be one of ${SOURCE_KINDS.join(", ")}`,
  );
}
