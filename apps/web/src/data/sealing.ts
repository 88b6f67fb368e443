/** Sealing and opening in this browser: what crosses to the server is sealed, or was opened for it by explicit choice. */
import {
  addPasskey,
  changePassphrase,
  changeRecoveryKey,
  type KeyOwner,
  type KeyRefusal,
  makeKey,
  makePasskeySalt,
  type OpenKey,
  openKey,
  type Opener,
  type PasskeyWrap,
  type WrappedKey,
} from "../core/seal/key-ring.ts";
import { fits, type MemoryBody, openBody, type OpenedBody, sealBody } from "../core/seal/memory-body.ts";
import { randomBytes, toBase64Url } from "../core/seal/bytes.ts";
import { api } from "./api.ts";
import { client, noteWrite } from "./connection.ts";
import { secretOf } from "./passkey-secret.ts";
import { bodyOf, keepBody, openKeyNow, openSeal } from "./own-seal.ts";
import type { WireSeal } from "./seal-api.ts";
import type { Dispatch } from "./store.ts";
import type { WireMemory } from "./wire.ts";

/** Something sealed and where it stands. */
export interface SealedAt {
  readonly id: string;
  readonly version: number;
  readonly sealed: string;
}

/** What is ready to be sent. */
export interface ReadyToSend {
  readonly sealed: string;
  readonly externalId: string;
}

/** Whether this browser can seal: over plain http to another machine it has no cryptography. */
export function canSeal(): boolean {
  return globalThis.isSecureContext && globalThis.crypto.subtle !== undefined;
}

/** The key as it is now. */
export async function readSeal(): Promise<WireSeal> {
  return (await client.call("seal.read")).data;
}

/** What a seal and a person come to as the core takes them; undefined when nothing is set up or the session is not open to level 4. */
function wrappedOf(
  seal: WireSeal,
  user: string,
): { readonly owner: KeyOwner; readonly wrapped: WrappedKey } | undefined {
  if (seal.key_id === null || seal.wraps === null) return undefined;
  return { owner: { tenant: seal.tenant, user }, wrapped: { keyId: seal.key_id, wraps: seal.wraps } };
}

/** Opens the key in this tab. */
export async function unlockSeal(user: string, opener: Opener): Promise<"opened" | "closed" | KeyRefusal> {
  const found = wrappedOf(await readSeal(), user);
  if (found === undefined) return "closed";
  const opened = await openKey(found.owner, found.wrapped, opener);
  if (opened.type === "refused") return opened.why;
  openSeal(opened.key);
  return "opened";
}

/** The passkeys that open the key at this address. */
export function passkeysHere({ wraps }: WireSeal): readonly PasskeyWrap[] {
  return wraps?.passkeys?.filter(({ site }) => site === location.hostname) ?? [];
}

/** Opens the key in this tab by a passkey. `none`: the device made no secret. @throws errors of the device */
export async function unlockSealByPasskey(seal: WireSeal, user: string): Promise<"opened" | "none" | KeyRefusal> {
  const found = wrappedOf(seal, user);
  const passkey = await secretOf(passkeysHere(seal));
  if (found === undefined || passkey === undefined) return "none";
  const opened = await openKey(found.owner, found.wrapped, { by: "passkey", ...passkey });
  if (opened.type === "refused") return opened.why;
  openSeal(opened.key);
  return "opened";
}

/** Wraps the same key for one of the person's passkeys, besides. `none`: the device makes no secret. @throws errors of the device */
export async function newPasskeyWrap(
  seal: WireSeal,
  user: string,
  opener: Opener,
): Promise<(() => Promise<void>) | "none" | KeyRefusal> {
  const found = wrappedOf(seal, user);
  if (found === undefined) return "wrong";
  const { data: options } = await client.call("auth.passkeyProof");
  const salt = makePasskeySalt();
  const passkey = await secretOf(options.allowCredentials.map(({ id }) => ({ credential: id, salt })));
  if (passkey === undefined) return "none";
  const changed = await addPasskey(found.owner, found.wrapped, { opener, salt, site: options.rpId, passkey });
  return changed.type === "refused" ? changed.why : keeping(seal, changed.wrapped);
}

/** No passkey opens the key any more. */
export async function dropPasskeyWraps(seal: WireSeal): Promise<void> {
  if (seal.key_id === null || seal.wraps === null) return;
  const { passkeys: _gone, ...wraps } = seal.wraps;
  await client.call("seal.change", { body: { revision: seal.revision, key_id: seal.key_id, wraps } });
}

/** A key that is made and not yet kept: the recovery key is to be written down first. */
export interface NewSeal {
  readonly recoveryKey: string;
  /** Hands the wrapped key over and opens it here. */
  readonly keep: () => Promise<void>;
}

/** Makes a key. `seal`: what stands there now; another key there is replaced. */
export async function newSeal(seal: WireSeal, user: string, passphrase: string): Promise<NewSeal> {
  const { key, recoveryKey, wrapped } = await makeKey({ tenant: seal.tenant, user }, passphrase);
  const body = { revision: seal.revision, key_id: wrapped.keyId, wraps: wrapped.wraps, anew: seal.revision > 0 };
  const keep = async (): Promise<void> => {
    await client.call("seal.change", { body });
    openSeal(key);
  };
  return { recoveryKey, keep };
}

/** Another passphrase for the same key. */
export async function newPassphrase(
  seal: WireSeal,
  user: string,
  change: { readonly opener: Opener; readonly passphrase: string },
): Promise<(() => Promise<void>) | KeyRefusal> {
  const found = wrappedOf(seal, user);
  if (found === undefined) return "wrong";
  const changed = await changePassphrase(found.owner, found.wrapped, change);
  if (changed.type === "refused") return changed.why;
  return keeping(seal, changed.wrapped);
}

/** Another recovery key for the same key. */
export async function newRecoveryKey(seal: WireSeal, user: string, passphrase: string): Promise<NewSeal | KeyRefusal> {
  const found = wrappedOf(seal, user);
  if (found === undefined) return "wrong";
  const changed = await changeRecoveryKey(found.owner, found.wrapped, passphrase);
  if (changed.type === "refused") return changed.why;
  return { recoveryKey: changed.recoveryKey, keep: keeping(seal, changed.wrapped) };
}

function keeping({ revision }: WireSeal, { keyId, wraps }: WrappedKey): () => Promise<void> {
  return async () => {
    await client.call("seal.change", { body: { revision, key_id: keyId, wraps } });
  };
}

/** By what an opened body is known while its key is open. */
export function nameOf({ id, sealed, version }: SealedAt): string {
  return `${id} ${version} ${sealed.slice(0, 120)}`;
}

/** Opens a body at its place, once while the key is open. */
export async function openAt(at: SealedAt): Promise<OpenedBody | undefined> {
  const key = openKeyNow();
  if (key === undefined) return undefined;
  const name = nameOf(at);
  const known = bodyOf(name);
  if (known !== undefined) return known;
  const opened = await openBody(key, at, at.sealed);
  keepBody(key, name, opened);
  return opened;
}

/** Seals a text that is new: its id is asked for first, so that it can be bound. Undefined when the key is locked. */
export async function sealNew(body: MemoryBody): Promise<ReadyToSend | "long" | undefined> {
  const key = openKeyNow();
  if (key === undefined) return undefined;
  if (!fits(body)) return "long";
  const externalId = toBase64Url(randomBytes(16));
  const { data: place } = await client.call("seal.place", { body: { external_id: externalId } });
  const sealed = await sealBody(key, { id: place.id, version: 1 }, body);
  remember(key, { id: place.id, version: 1, sealed }, body);
  return { sealed, externalId };
}

/** What sealing a memory came to. `long`: it does not fit. `files`: it has files, and those are sealed by the server alone. */
export type Sealing =
  | { readonly type: "locked" }
  | { readonly type: "long" }
  | { readonly type: "files" }
  | { readonly type: "sealed"; readonly id: string };

/** What of a memory is inside its body. */
function bodyOfMemory(memory: WireMemory): MemoryBody {
  const { attachments, caption, context, conversation, external_id: external, speaker, text } = memory;
  const title = conversation?.title ?? null;
  return {
    text,
    ...(caption === null ? {} : { caption }),
    ...(speaker === null ? {} : { speaker }),
    ...(title === null ? {} : { conversation_title: title }),
    ...(external === null ? {} : { external_id: external }),
    ...(attachments.length === 0 ? {} : { attachments }),
    ...(context === null ? {} : { context }),
  };
}

/** Seals a memory that the server can read, and has it keep nothing of the words. @throws KaelixProblem */
export async function sealMemory(memory: WireMemory, dispatch: Dispatch): Promise<Sealing> {
  const key = openKeyNow();
  const body = bodyOfMemory(memory);
  if (memory.files.length > 0) return { type: "files" };
  if (key === undefined) return { type: "locked" };
  if (!fits(body)) return { type: "long" };
  // A memory that stands at level 4 already keeps its key there: it is told anew, under another, and the one the server read is forgotten.
  if (memory.level === "ultra-secret") return sealAnew(memory, body, dispatch);
  const at = { id: memory.id, version: memory.version + 1 };
  const sealed = await sealBody(key, at, body);
  const call = { params: { id: memory.id }, body: { level: "ultra-secret" as const, sealed } };
  const { position } = await client.call("memories.move", call, { ifMatch: `"${memory.version}"` });
  remember(key, { ...at, sealed }, body);
  changed(dispatch, memory.id, position);
  return { type: "sealed", id: memory.id };
}

async function sealAnew(memory: WireMemory, body: MemoryBody, dispatch: Dispatch): Promise<Sealing> {
  const ready = await sealNew(body);
  if (ready === undefined || ready === "long") return { type: ready ?? "locked" };
  const told = { sealed: ready.sealed, external_id: ready.externalId, occurred_at: memory.occurred_at };
  const { data } = await client.call("memories.create", { body: told });
  const { position } = await client.call(
    "memories.forget",
    { params: { id: memory.id } },
    { ifMatch: `"${memory.version}"` },
  );
  changed(dispatch, memory.id, position);
  return { type: "sealed", id: data.memory.id };
}

/** Puts other words in the place of sealed ones. @throws KaelixProblem */
export async function resealMemory(memory: WireMemory, body: MemoryBody, dispatch: Dispatch): Promise<Sealing> {
  const key = openKeyNow();
  if (key === undefined) return { type: "locked" };
  if (!fits(body)) return { type: "long" };
  const at = { id: memory.id, version: memory.version + 1 };
  const sealed = await sealBody(key, at, body);
  const call = { params: { id: memory.id }, body: { sealed } };
  const { position } = await client.call("memories.edit", call, { ifMatch: `"${memory.version}"` });
  remember(key, { ...at, sealed }, body);
  changed(dispatch, memory.id, position);
  return { type: "sealed", id: memory.id };
}

/** Hands the words over to the server, at a lower level. @throws KaelixProblem */
export async function unsealMemory(
  memory: WireMemory,
  { body, level }: { readonly body: MemoryBody; readonly level: WireMemory["level"] },
  dispatch: Dispatch,
): Promise<void> {
  const { attachments, ...said } = body;
  const opened = { ...said, ...(attachments === undefined ? {} : { attachments: [...attachments] }) };
  const call = { params: { id: memory.id }, body: { level, opened } };
  const { position } = await client.call("memories.move", call, { ifMatch: `"${memory.version}"` });
  changed(dispatch, memory.id, position);
}

function remember(key: OpenKey, at: SealedAt, body: MemoryBody): void {
  keepBody(key, nameOf(at), { type: "opened", body });
}

function changed(dispatch: Dispatch, id: string, position: string | undefined): void {
  noteWrite(position, Date.now());
  dispatch(api.util.invalidateTags([{ type: "Memory", id }, "Memories", "Conversations"]));
}

/** A page of what was sealed, opened. */
export interface FoundSealed {
  readonly memory: WireMemory;
  readonly body: MemoryBody;
}

/** Everything that was sealed, fetched by pages and opened here; what cannot be opened is counted. */
export async function openAll(
  signal: AbortSignal,
): Promise<{ readonly found: readonly FoundSealed[]; readonly refused: number }> {
  const found: FoundSealed[] = [];
  let refused = 0;
  let cursor: string | null = null;
  do {
    const query: { limit: number; sealed: "only"; never_recalled: "without"; cursor?: string } = {
      limit: 100,
      sealed: "only",
      never_recalled: "without",
    };
    if (cursor !== null) query.cursor = cursor;
    const { data } = await client.call("memories.list", { query }, { signal });
    for (const memory of data.data) {
      if (memory.sealed === undefined) continue;
      const opened = await openAt({ id: memory.id, version: memory.version, sealed: memory.sealed });
      if (opened === undefined) return { found: [], refused: 0 };
      if (opened.type === "opened") found.push({ memory, body: opened.body });
      else refused++;
    }
    cursor = data.page.next;
  } while (cursor !== null);
  return { found, refused };
}
