/**
 * Taking back what one program wrote: what it told is forgotten, what it changed goes back to the words that stood before.
 *
 * Guarantees: a memory that somebody else has changed since, or the person has said yes to, is left alone; what goes back keeps the
 * provenance of its words; all of it can be undone memory by memory, for it is forgetting and editing as any other; nothing above the
 * ceiling of who asks is touched.
 * Does not: bring back what the program forgot (the person can, one by one), or words whose key went with a change of level: such a memory
 * is forgotten, for what it says now is the program's alone.
 */
import { type ApiKeyId, type Level, type MemoryContent, type MemoryId, namespaceOf, type UserId } from "@kaelix/model";
import { type Keystore, openContent } from "@kaelix/security";

import type { Changes } from "./changes.ts";
import type { MemoryRegister, RegisteredMemory } from "./register.ts";
import type { Owner, Remember } from "./remember.ts";

/** What taking back asks the relational view beside what changing asks. */
export interface ClientRegister extends MemoryRegister {
  /** Every row of a user, in any state, in pages. */
  rowsOf(
    user: UserId,
    afterOffset: number,
  ): AsyncIterable<readonly (RegisteredMemory & { readonly changedAtMs: number })[]>;
  /** Every state of a memory, newest first; `sealed` is empty when its key is gone. */
  versions(
    user: UserId,
    memory: MemoryId,
  ): Promise<
    readonly { readonly version: number; readonly level: Level; readonly atMs: number; readonly sealed: Uint8Array }[]
  >;
}

/** What it works with. */
export interface ClientUndoParts {
  readonly register: ClientRegister;
  readonly remember: Remember;
  readonly changes: Changes;
  readonly keystore: Keystore;
}

/** What shall be taken back. */
export interface ClientUndoWish {
  readonly owner: Owner;
  readonly key: ApiKeyId;
  /** Only what it wrote at or after this time, epoch ms. */
  readonly sinceMs: number;
  /** Nothing above it is touched. */
  readonly ceiling: Level;
  /** Counts, and changes nothing. */
  readonly isDryRun: boolean;
}

/** What taking back came to: memories forgotten, and memories that say again what they said before. */
export interface ClientUndone {
  readonly forgotten: number;
  readonly putBack: number;
}

interface Written {
  readonly id: MemoryId;
  readonly version: number;
  /** What stood before; undefined when nothing did. */
  readonly before: MemoryContent | undefined;
}

const HIDE_BATCH = 500;

/** What it looks through, and for what. */
type Sought = Omit<ClientUndoWish, "isDryRun">;

/** Memories that hold nothing but what a program wrote since a time: all their states, or all since it told them, are its own. */
export async function toldByClient(
  parts: Omit<ClientUndoParts, "changes">,
  sought: Sought,
): Promise<readonly MemoryId[]> {
  const written = await writtenSince(parts, sought);
  return written.filter(({ before }) => before === undefined).map(({ id }) => id);
}

/** Takes back what a program wrote. */
export async function undoClient(parts: ClientUndoParts, wish: ClientUndoWish): Promise<ClientUndone> {
  const { owner, ceiling, isDryRun } = wish;
  const written = await writtenSince(parts, wish);
  const told = written.filter(({ before }) => before === undefined).map(({ id }) => id);
  if (isDryRun) return { forgotten: told.length, putBack: written.length - told.length };
  let [forgotten, putBack] = [0, 0];
  for (let at = 0; at < told.length; at += HIDE_BATCH) {
    forgotten += await parts.changes.hide(owner, told.slice(at, at + HIDE_BATCH));
  }
  for (const { before, id, version } of written) {
    if (before === undefined) continue;
    const target = { owner, memoryId: id, expectedVersion: version, ceiling };
    const { caption = null, client, context = null, text } = before;
    // Whoever wrote the words before is said to have written them again: going back makes nothing more trusted.
    const change = { text, caption, context, reason: "Taken back", ...(client === undefined ? {} : { client }) };
    if ((await parts.changes.edit(target, change)).type === "changed") putBack++;
  }
  return { forgotten, putBack };
}

async function writtenSince(parts: Omit<ClientUndoParts, "changes">, sought: Sought): Promise<readonly Written[]> {
  const { ceiling, owner, sinceMs } = sought;
  await parts.remember.written(owner.user);
  const written: Written[] = [];
  for await (const rows of parts.register.rowsOf(owner.user, -1)) {
    for (const row of rows) {
      const isMeant = row.state === "live" && row.level <= ceiling && row.changedAtMs >= sinceMs;
      const found = isMeant ? await writtenBy(parts, sought, row) : undefined;
      if (found !== undefined) written.push(found);
    }
  }
  return written;
}

/** What the program wrote of a memory as it stands now; undefined when its words are somebody else's. */
async function writtenBy(
  { keystore, register }: Omit<ClientUndoParts, "changes">,
  { key, owner, sinceMs }: Sought,
  row: RegisteredMemory,
): Promise<Written | undefined> {
  const open = async (level: Level, version: number, sealed: Uint8Array): Promise<MemoryContent | undefined> => {
    const memoryKey = sealed.length === 0 ? undefined : await keystore.memoryKey(row.memoryId, level);
    const opened = memoryKey === undefined ? undefined : openContent(memoryKey, version, sealed);
    return opened?.type === "opened" ? opened.content : undefined;
  };
  const now = await open(row.level, row.version, row.sealed);
  if (now === undefined || namespaceOf(now) !== key) return undefined;
  const { memoryId: id, version } = row;
  for (const state of await register.versions(owner.user, id)) {
    if (state.version >= version) continue;
    const content = await open(state.level, state.version, state.sealed);
    const isIts = content?.client?.key === key && state.atMs >= sinceMs;
    if (isIts) continue;
    // It says that already: it was put back before.
    return content !== undefined && saysSame(content, now) ? undefined : { id, version, before: content };
  }
  return { id, version, before: undefined };
}

function saysSame(one: MemoryContent, other: MemoryContent): boolean {
  const said = ({ caption, context, text }: MemoryContent): string => JSON.stringify([text, caption, context]);
  return said(one) === said(other);
}
