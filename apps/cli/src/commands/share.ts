import type { CallInput, Client, Routes } from "@kaelix/contract";
import { SOURCE_KINDS } from "@kaelix/model";

import { type CommonOptions, connect } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { printJson, printTable, say } from "../output.ts";
import { endOf, timeOf } from "../time.ts";
import { levelOf } from "./memories.ts";
import { withProof } from "./prove.ts";
import { agreeTo, conversationCalled, opensWords, subjectCalled } from "./share-subjects.ts";

/** Options of `share`. */
export interface ShareOptions extends CommonOptions {
  readonly with: string;
  readonly until: string;
  readonly about?: string;
  readonly topic?: string;
  readonly conversation?: string;
  readonly memory: readonly string[];
  readonly source?: string;
  readonly from?: string;
  readonly to?: string;
  readonly all?: boolean;
  readonly level?: string;
  readonly for?: string;
  readonly yes?: boolean;
}

/** What is to be shared, as it was typed: what is named by words is looked up. */
type Wanted = ShareBody["what"] | { readonly type: "people" | "topics" | "titled"; readonly name: string };

type ShareBody = NonNullable<CallInput<Routes["grants.create"]>["body"]>;

/** `kaelix share --with NAME --until 30d --about NAME`: prints the id of the share. */
export async function share(options: ShareOptions): Promise<number> {
  const wanted = scopeOf(options);
  const expiresAt = endOf(options.until);
  const level = options.level === undefined ? {} : { level: levelOf(options.level) };
  const connection = await connect(options);
  try {
    const { client } = connection;
    const to = await personOf(client, options.with);
    const what = await whatOf(client, wanted, { ...options, to });
    const body = { to: to.id, what, ...level, purpose: options.for ?? null, expires_at: expiresAt };
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
  const named =
    label ??
    (what.type === "about" ? "nobody that a memory names" : undefined) ??
    what.conversation ??
    what.source ??
    what.subject ??
    what.memories?.join(" ");
  const range = what.type === "time" ? `${what.from} to ${what.until}` : "everything";
  const covers = one.covers === null ? "" : ` (${one.covers})`;
  return [one.state, one.level, one.expires_at, one.purpose ?? "anything", `${what.type}: ${named ?? range}${covers}`];
}

/** Who is meant: an id, or a name that is one person's alone. */
async function personOf(client: Client, text: string): Promise<{ readonly id: string; readonly name: string }> {
  if (text.startsWith("usr_")) return { id: text, name: text };
  const { data } = await client.call("directory.list");
  const named = data.data.filter(({ name }) => name.toLowerCase() === text.toLowerCase());
  const [only] = named;
  if (only !== undefined && named.length === 1) return only;
  const known = data.data.map(({ id, name }) => `\n  ${id} ${name}`).join("");
  if (named.length > 1) {
    throw new CommandFailure(EXIT.usage, `Cannot share with ${text}: several are called that, give the id${known}`);
  }
  const others = data.data.length === 0 ? "; there is nobody else here" : `; there are${known}`;
  throw new CommandFailure(EXIT.missing, `Cannot share with ${text}: there is nobody of that name${others}`);
}

/** Looks up what is named by words; says what a share by name opens and asks whether it is meant. */
async function whatOf(
  client: Client,
  wanted: Wanted,
  options: Pick<ShareOptions, "level" | "yes"> & { readonly to: { readonly name: string } },
): Promise<ShareBody["what"]> {
  if (wanted.type === "titled") {
    return { type: "conversation", conversation: await conversationCalled(client, wanted.name) };
  }
  if (!("name" in wanted)) return wanted;
  const asked = options.level === undefined ? 1 : levelOf(options.level);
  const level =
    asked === 1 || asked === "general" ? "general" : asked === 2 || asked === "confidential" ? "confidential" : null;
  if (level === null) {
    throw new CommandFailure(EXIT.usage, "Cannot share it up to that level: who is who is known up to Confidential");
  }
  const subject = await subjectCalled(client, wanted.name, wanted.type);
  await agreeTo(opensWords(subject, { to: options.to.name, level }), options.yes === true);
  return { type: "about", subject: subject.id };
}

function scopeOf(options: ShareOptions): Wanted {
  const { about, topic, conversation, memory, source, from, to } = options;
  const asked: Wanted[] = [];
  if (about !== undefined) asked.push({ type: "people", name: about });
  if (topic !== undefined) asked.push({ type: "topics", name: topic });
  if (conversation !== undefined) asked.push({ type: "titled", name: conversation });
  if (memory.length > 0) asked.push({ type: "memories", memories: [...memory] });
  if (source !== undefined) asked.push({ type: "source", source: sourceOf(source) });
  if (from !== undefined && to !== undefined) asked.push({ type: "time", from: timeOf(from), until: timeOf(to) });
  if (options.all === true) asked.push({ type: "all" });
  const [what] = asked;
  const isHalf = (from === undefined) !== (to === undefined);
  if (what === undefined || asked.length > 1 || isHalf) {
    const ways = "--about, --topic, --conversation, --memory, --source, --from with --to, or --all";
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
