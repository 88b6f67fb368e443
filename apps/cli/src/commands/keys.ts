import { type CommonOptions, connect } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { printJson, printTable, say } from "../output.ts";
import { askText, canAsk } from "../prompt.ts";
import { endOf, timeOf } from "../time.ts";
import { levelOf } from "./memories.ts";
import { withProof } from "./prove.ts";

/** Options of `keys create`. */
export interface KeyOptions extends CommonOptions {
  readonly kind: string;
  readonly agent?: boolean;
  readonly scope: readonly string[];
  readonly level?: string;
  readonly reach?: string;
  readonly expires?: string;
}

/** Options of `keys undo`. */
export interface UndoKeyOptions extends CommonOptions {
  readonly since?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/** What an agent needs to remember, to recall and to say where it is. It changes and forgets nothing. */
const AGENT_SCOPES = [
  "memory.create",
  "memory.read",
  "memory.list",
  "memory.search",
  "memory.ask",
  "people.read",
  "digest.read",
  "user.read",
];

/** `kaelix keys list`: keys of programs, newest first. */
export async function listKeys(options: CommonOptions): Promise<number> {
  const connection = await connect(options);
  try {
    const { data } = await connection.client.call("keys.list");
    if (options.json !== undefined) printJson(data.data, options.json);
    else if (data.data.length === 0) say("There are no keys", options);
    else
      printTable(
        ["KEY", "NAME", "KIND", "STATE", "LEVEL", "REACH", "LAST USED", "EXPIRES", "SCOPES"],
        data.data.map((key) => [
          key.id,
          key.name,
          key.kind,
          key.state,
          key.level,
          key.kind === "agent" ? key.reach : "-",
          key.last_used_at ?? "never",
          key.expires_at ?? "never",
          key.scopes.join(" "),
        ]),
      );
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

/** `kaelix keys create NAME --scope ACTION…`: prints the key, this once. */
export async function createKey(name: string, options: KeyOptions): Promise<number> {
  const scopes = [...(options.agent === true ? AGENT_SCOPES : []), ...options.scope];
  const kind = kindOf(options.kind);
  if (scopes.length === 0)
    throw new CommandFailure(EXIT.usage, "Cannot make a key that may do nothing: give --agent or --scope");
  const level = options.level === undefined ? {} : { level: levelOf(options.level) };
  const reach = options.reach === undefined ? {} : { reach: reachOf(options.reach) };
  const expiresAt = options.expires === undefined ? null : endOf(options.expires);
  const body = { name, kind, scopes, ...level, ...reach, expires_at: expiresAt };
  const connection = await connect(options);
  try {
    const { data } = await withProof(connection, () => connection.client.call("keys.create", { body }));
    if (options.json !== undefined) printJson({ secret: data.secret, ...data.key }, options.json);
    else process.stdout.write(`${data.secret}\n`);
    say(`Made ${data.key.id}. The key is shown this once: keep it where the program finds it`, options);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

/** `kaelix keys end ID`: the key opens nothing from then on. */
export async function endKey(id: string, options: CommonOptions): Promise<number> {
  const connection = await connect(options);
  try {
    await connection.client.call("keys.end", { params: { id } });
    if (options.json !== undefined) printJson({ id, state: "ended" }, options.json);
    say(`Ended ${id}`, options);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

/** `kaelix keys undo ID`: takes back what a key wrote. */
export async function undoKey(id: string, options: UndoKeyOptions): Promise<number> {
  const since = options.since === undefined ? {} : { since: timeOf(options.since) };
  const connection = await connect(options);
  try {
    const undo = async (isDryRun: boolean): Promise<{ readonly forgotten: number; readonly put_back: number }> =>
      (await connection.client.call("keys.undo", { params: { id }, body: { ...since, dry_run: isDryRun } })).data;
    const planned = await undo(true);
    const count = planned.forgotten + planned.put_back;
    if (options.dryRun === true || count === 0) return undone(planned, "would be", options);
    if (options.yes !== true) {
      if (!canAsk())
        throw new CommandFailure(
          EXIT.usage,
          `Cannot take back ${count} memories without --yes: nobody can be asked here`,
        );
      const typed = await askText(`Take back what ${id} wrote: ${wordsOf(planned)}. Type ${count} to go on`);
      if (typed.trim() !== String(count)) throw new CommandFailure(EXIT.usage, "Cancelled, nothing was changed");
    }
    return undone(await undo(false), "were", options);
  } finally {
    await connection.close();
  }
}

function undone(
  counts: { readonly forgotten: number; readonly put_back: number },
  verb: string,
  options: CommonOptions,
): number {
  if (options.json !== undefined) printJson(counts, options.json);
  else printTable(["FORGOTTEN", "PUT BACK"], [[String(counts.forgotten), String(counts.put_back)]]);
  say(`${wordsOf(counts)} ${verb} taken back`, options);
  return EXIT.ok;
}

function wordsOf(counts: { readonly forgotten: number; readonly put_back: number }): string {
  return `${counts.forgotten} memories that it told, ${counts.put_back} that it changed`;
}

function reachOf(text: string): "own" | "person" | "all" {
  if (text === "own" || text === "person" || text === "all") return text;
  throw new CommandFailure(EXIT.usage, `Cannot make a key of reach ${text}: must be own, person or all`);
}

function kindOf(text: string): "agent" | "service" {
  if (text === "agent" || text === "service") return text;
  throw new CommandFailure(EXIT.usage, `Cannot make a key of kind ${text}: must be agent or service`);
}
