/**
 * The root key: made here, wrapped here, unwrapped here.
 *
 * Guarantees: what leaves is wrapped under the stretched passphrase and under the recovery key, each bound to its person and to the name
 * of the key; an unwrapped root is a key whose bytes no script reads; a passphrase is never stretched by fewer rounds than `ROUNDS_MIN`,
 * whatever the server says. What a passkey made (WebAuthn's `prf`) is taken as a key at once and its bytes are overwritten.
 */
import { type Bytes, fromBase64Url, randomBytes, toBase64Url, utf8 } from "./bytes.ts";
import { openFor, type RootKey, rootKeyOf, sealFor, type SealPurpose } from "./envelope.ts";
import { makeRecoveryKey, readRecoveryKey } from "./recovery-key.ts";

/** Whose key. */
export interface KeyOwner {
  readonly tenant: string;
  readonly user: string;
}

/** The root under what a passkey makes of a salt; base64url. */
export interface PasskeyWrap {
  /** Id of the credential, and the site it opens. */
  readonly credential: string;
  readonly site: string;
  readonly salt: string;
  readonly wrapped: string;
}

/** What a passkey made of a salt, 32 bytes; they are overwritten when they are used. */
export interface PasskeySecret {
  readonly credential: string;
  readonly secret: Bytes;
}

/** The root, wrapped twice, and once more for each passkey; base64url. */
export interface Wraps {
  readonly passphrase: {
    readonly kdf: "pbkdf2-sha512";
    readonly rounds: number;
    readonly salt: string;
    readonly wrapped: string;
  };
  readonly recovery: { readonly wrapped: string };
  readonly passkeys?: readonly PasskeyWrap[] | undefined;
}

/** A key as the server keeps it. */
export interface WrappedKey {
  readonly keyId: string;
  readonly wraps: Wraps;
}

/** A key that is open in this page. */
export interface OpenKey extends KeyOwner {
  readonly keyId: string;
  readonly root: RootKey;
}

/** What opens a key: what the person typed. */
export type Opener =
  | { readonly by: "passphrase"; readonly text: string }
  | { readonly by: "recovery"; readonly text: string };

/** A passkey opens it, too. */
type AnyOpener = Opener | ({ readonly by: "passkey" } & PasskeySecret);

/** Why nothing was opened. `weak`: the server asks for fewer rounds than are safe. `unread`: the recovery key holds a slip. */
export type KeyRefusal = "wrong" | "weak" | "unread";

/** The open key, or why there is none. */
export type OpenedKey =
  | { readonly type: "opened"; readonly key: OpenKey }
  | { readonly type: "refused"; readonly why: KeyRefusal };

/** Rounds that a new passphrase is stretched by. */
export const ROUNDS = 600_000;
/** Fewest and most that are taken from a server. */
export const ROUNDS_MIN = 600_000;
const ROUNDS_MAX = 10_000_000;
/** Shortest passphrase, in letters. */
export const PASSPHRASE_LENGTH_MIN = 15;

const ROOT_BYTES = 32;
const KEY_ID_BYTES = 16;
const SALT_BYTES = 16;
const PASSKEY_SALT_BYTES = 32;

/** Makes a key, and the recovery key that is shown once. */
export async function makeKey(
  owner: KeyOwner,
  passphrase: string,
): Promise<{ readonly wrapped: WrappedKey; readonly key: OpenKey; readonly recoveryKey: string }> {
  const keyId = toBase64Url(randomBytes(KEY_ID_BYTES));
  const root = randomBytes(ROOT_BYTES);
  const recovery = await makeRecoveryKey();
  const place = { ...owner, keyId };
  const wraps = {
    passphrase: await wrapByPassphrase(place, passphrase, root),
    recovery: await wrapByRecovery(place, recovery.bytes, root),
  };
  return { wrapped: { keyId, wraps }, key: { ...place, root: await rootKeyOf(root) }, recoveryKey: recovery.text };
}

/** Opens a key for use. */
export async function openKey(owner: KeyOwner, wrapped: WrappedKey, opener: AnyOpener): Promise<OpenedKey> {
  const root = await unwrap(owner, wrapped, opener);
  if (typeof root === "string") return { type: "refused", why: root };
  return { type: "opened", key: { ...owner, keyId: wrapped.keyId, root: await rootKeyOf(root) } };
}

/** The same key under another passphrase; opened by the old one or by the recovery key, which stays as it is. */
export async function changePassphrase(
  owner: KeyOwner,
  wrapped: WrappedKey,
  { opener, passphrase }: { readonly opener: Opener; readonly passphrase: string },
): Promise<
  { readonly type: "changed"; readonly wrapped: WrappedKey } | { readonly type: "refused"; readonly why: KeyRefusal }
> {
  const root = await unwrap(owner, wrapped, opener);
  if (typeof root === "string") return { type: "refused", why: root };
  const { keyId, wraps } = wrapped;
  const next = await wrapByPassphrase({ ...owner, keyId }, passphrase, root);
  root.fill(0);
  return { type: "changed", wrapped: { keyId, wraps: { ...wraps, passphrase: next } } };
}

/** The same key under another recovery key; the one before opens nothing any more. */
export async function changeRecoveryKey(
  owner: KeyOwner,
  wrapped: WrappedKey,
  passphrase: string,
): Promise<
  | { readonly type: "changed"; readonly wrapped: WrappedKey; readonly recoveryKey: string }
  | { readonly type: "refused"; readonly why: KeyRefusal }
> {
  const root = await unwrap(owner, wrapped, { by: "passphrase", text: passphrase });
  if (typeof root === "string") return { type: "refused", why: root };
  const { keyId, wraps } = wrapped;
  const recovery = await makeRecoveryKey();
  const next = await wrapByRecovery({ ...owner, keyId }, recovery.bytes, root);
  root.fill(0);
  return { type: "changed", wrapped: { keyId, wraps: { ...wraps, recovery: next } }, recoveryKey: recovery.text };
}

/** What a passkey shall make its secret from. */
export function makePasskeySalt(): string {
  return toBase64Url(randomBytes(PASSKEY_SALT_BYTES));
}

/** The same key under what a passkey makes, besides; in place of what the same passkey opened before. */
export async function addPasskey(
  owner: KeyOwner,
  wrapped: WrappedKey,
  { opener, salt, site, passkey }: NewPasskeyWrap,
): Promise<
  { readonly type: "changed"; readonly wrapped: WrappedKey } | { readonly type: "refused"; readonly why: KeyRefusal }
> {
  const under = await rootKeyOf(passkey.secret);
  const root = await unwrap(owner, wrapped, opener);
  if (typeof root === "string") return { type: "refused", why: root };
  const { keyId, wraps } = wrapped;
  const { credential } = passkey;
  const next = { credential, site, salt, wrapped: await wrapRoot({ ...owner, keyId }, "passkey", under, root) };
  root.fill(0);
  const others = wraps.passkeys?.filter((one) => one.credential !== credential) ?? [];
  return { type: "changed", wrapped: { keyId, wraps: { ...wraps, passkeys: [...others, next] } } };
}

/** What is wrapped under a passkey, and what opens the key for it. */
export interface NewPasskeyWrap {
  readonly opener: Opener;
  readonly salt: string;
  readonly site: string;
  readonly passkey: PasskeySecret;
}

type KeyPlace = KeyOwner & { readonly keyId: string };

async function unwrap(owner: KeyOwner, { keyId, wraps }: WrappedKey, opener: AnyOpener): Promise<Bytes | KeyRefusal> {
  const place = { ...owner, keyId };
  if (opener.by === "passkey") {
    const under = await rootKeyOf(opener.secret);
    const wrap = wraps.passkeys?.find(({ credential }) => credential === opener.credential);
    return (wrap && (await unwrapRoot(place, "passkey", under, wrap.wrapped))) ?? "wrong";
  }
  if (opener.by === "recovery") {
    const typed = await readRecoveryKey(opener.text);
    if (typed.type !== "key") return "unread";
    return (await unwrapRoot(place, "recovery", await rootKeyOf(typed.bytes), wraps.recovery.wrapped)) ?? "wrong";
  }
  const { rounds, salt, wrapped } = wraps.passphrase;
  const saltBytes = fromBase64Url(salt);
  if (rounds < ROUNDS_MIN || rounds > ROUNDS_MAX || saltBytes === undefined || saltBytes.length < SALT_BYTES)
    return "weak";
  const key = await stretched(opener.text, saltBytes, rounds);
  return (await unwrapRoot(place, "passphrase", key, wrapped)) ?? "wrong";
}

async function wrapByPassphrase(place: KeyPlace, passphrase: string, root: Bytes): Promise<Wraps["passphrase"]> {
  const salt = randomBytes(SALT_BYTES);
  const wrapped = await wrapRoot(place, "passphrase", await stretched(passphrase, salt, ROUNDS), root);
  return { kdf: "pbkdf2-sha512", rounds: ROUNDS, salt: toBase64Url(salt), wrapped };
}

async function wrapByRecovery(place: KeyPlace, recovery: Bytes, root: Bytes): Promise<Wraps["recovery"]> {
  return { wrapped: await wrapRoot(place, "recovery", await rootKeyOf(recovery), root) };
}

async function wrapRoot(place: KeyPlace, purpose: SealPurpose, under: RootKey, root: Bytes): Promise<string> {
  return toBase64Url(await sealFor(under, { ...place, purpose, subject: "root-key", version: 0 }, root));
}

async function unwrapRoot(
  place: KeyPlace,
  purpose: SealPurpose,
  under: RootKey,
  wrapped: string,
): Promise<Bytes | undefined> {
  const bytes = fromBase64Url(wrapped);
  if (bytes === undefined) return undefined;
  const root = await openFor(under, { ...place, purpose, subject: "root-key", version: 0 }, bytes);
  return root?.length === ROOT_BYTES ? root : undefined;
}

/** PBKDF2-HMAC-SHA-512 over the passphrase in its canonical form (NFKC): the same on every keyboard. */
async function stretched(passphrase: string, salt: Bytes, rounds: number): Promise<RootKey> {
  const typed = await crypto.subtle.importKey("raw", utf8(passphrase.normalize("NFKC")), "PBKDF2", false, [
    "deriveBits",
  ]);
  const bits = await crypto.subtle.deriveBits(
    { name: "PBKDF2", hash: "SHA-512", salt, iterations: rounds },
    typed,
    256,
  );
  return rootKeyOf(new Uint8Array(bits));
}
