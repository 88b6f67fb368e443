/**
 * What a browser seals, and opens nowhere but in its place.
 *
 *     0        3        4       5         6            10        22           54
 *     | magic  | format | suite | purpose | version    | salt    | commitment | AES-256-GCM ciphertext, tag (16) …
 *     | K X B  | 1      | 1     | 1–4     | u32 BE     | 12      | 32         |
 *
 * The associated data is a label, these 22 bytes, then tenant, user, subject and the name of the key, each behind its length. The key of
 * the body and the commitment are each derived (HKDF-SHA-256) from the root with all of it, so every sealing has its own key and the nonce
 * of the cipher can be zero: salt and place are in the key.
 *
 * Guarantees:
 * - an envelope opens only in the place it was sealed for: the opener says where it found it and believes nothing of the bytes;
 * - the commitment is checked first: GCM alone does not commit to its key, and a passphrase could be tried by halves;
 * - another format or suite is refused; there is no way through to what was not authenticated;
 * - a length shows its bucket alone: 256 B, 1, 4, 16, 64 or 256 KiB.
 * It does not: hide that something was sealed, when, or for whom; or notice that a whole older state is served again as what it was.
 */
import { type Bytes, concat, isSame, lengthPrefixed, randomBytes, uint32, utf8 } from "./bytes.ts";

/** What an envelope is for: a memory, or the root key under the passphrase, the recovery key or a passkey's secret. */
export type SealPurpose = "memory" | "passphrase" | "recovery" | "passkey";

/** The place that an envelope belongs to; all of it is bound. */
export interface SealPlace {
  readonly tenant: string;
  readonly user: string;
  /** Id of the memory; of a wrapped key its own name. */
  readonly subject: string;
  /** Of the memory, from 1; 0 of a wrapped key. */
  readonly version: number;
  readonly purpose: SealPurpose;
  /** Names the root key. */
  readonly keyId: string;
}

/** Which key opens a place: the browser keeps its bytes from scripts. */
export type RootKey = CryptoKey;

const PURPOSES: Readonly<Record<SealPurpose, number>> = { memory: 1, passphrase: 2, recovery: 3, passkey: 4 };
const HEADER_BYTES = 22;
const SALT_AT = 10;
const SALT_BYTES = 12;
const COMMITMENT_BYTES = 32;
const BODY_AT = HEADER_BYTES + COMMITMENT_BYTES;
const TAG_BYTES = 16;
const LENGTH_BYTES = 4;
const BUCKETS = [256, 1_024, 4_096, 16_384, 65_536, 262_144];
const LABEL = "kaelix/browser-sealed/1";
const NONCE = new Uint8Array(12);

/** Most bytes that are sealed at once. */
export const SEALED_BYTES_MAX = (BUCKETS.at(-1) ?? 0) - LENGTH_BYTES;

/** Takes 32 bytes as a key that no script reads again; overwrites them. */
export async function rootKeyOf(bytes: Bytes): Promise<RootKey> {
  const key = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveBits", "deriveKey"]);
  bytes.fill(0);
  return key;
}

/** Seals bytes for one place. */
export async function sealFor(root: RootKey, place: SealPlace, bytes: Uint8Array): Promise<Bytes> {
  const header = headerOf(place, randomBytes(SALT_BYTES));
  const aad = aadOf(header, place);
  const cipher = { name: "AES-GCM", iv: NONCE, additionalData: aad, tagLength: TAG_BYTES * 8 };
  const whole = paddedToBucket(bytes);
  const body = await crypto.subtle.encrypt(cipher, await bodyKey(root, aad, "encrypt"), whole);
  whole.fill(0);
  return concat(header, await commitmentOf(root, aad), new Uint8Array(body));
}

/** Opens an envelope in the place it was found at; undefined when it was sealed for another, with another key, or a bit is wrong. */
export async function openFor(root: RootKey, place: SealPlace, sealed: Uint8Array): Promise<Bytes | undefined> {
  if (sealed.length < BODY_AT + TAG_BYTES) return undefined;
  const header = headerOf(place, sealed.subarray(SALT_AT, HEADER_BYTES));
  if (!isSame(header, sealed.subarray(0, HEADER_BYTES))) return undefined;
  const aad = aadOf(header, place);
  if (!isSame(await commitmentOf(root, aad), sealed.subarray(HEADER_BYTES, BODY_AT))) return undefined;
  const cipher = { name: "AES-GCM", iv: NONCE, additionalData: aad, tagLength: TAG_BYTES * 8 };
  try {
    const key = await bodyKey(root, aad, "decrypt");
    return unpadded(new Uint8Array(await crypto.subtle.decrypt(cipher, key, concat(sealed.subarray(BODY_AT)))));
  } catch {
    return undefined;
  }
}

function headerOf({ purpose, version }: SealPlace, salt: Uint8Array): Bytes {
  return concat(utf8("KXB"), Uint8Array.of(1, 1, PURPOSES[purpose]), uint32(version), salt);
}

function aadOf(header: Bytes, { keyId, subject, tenant, user }: SealPlace): Bytes {
  return concat(utf8(LABEL), header, lengthPrefixed(tenant, user, subject, keyId));
}

function derivation(aad: Bytes, what: "commit" | "seal"): HkdfParams {
  return { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: concat(lengthPrefixed(what), aad) };
}

async function bodyKey(root: RootKey, aad: Bytes, usage: "encrypt" | "decrypt"): Promise<CryptoKey> {
  return crypto.subtle.deriveKey(derivation(aad, "seal"), root, { name: "AES-GCM", length: 256 }, false, [usage]);
}

async function commitmentOf(root: RootKey, aad: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.deriveBits(derivation(aad, "commit"), root, COMMITMENT_BYTES * 8));
}

/** Length, bytes, and zeros up to the next bucket. @throws RangeError when there are too many */
function paddedToBucket(bytes: Uint8Array): Bytes {
  const bucket = BUCKETS.find((size) => size >= bytes.length + LENGTH_BYTES);
  if (bucket === undefined)
    throw new RangeError(`Cannot seal: current size is ${bytes.length} bytes, must be ${SEALED_BYTES_MAX} at most`);
  const whole = new Uint8Array(bucket);
  whole.set(uint32(bytes.length));
  whole.set(bytes, LENGTH_BYTES);
  return whole;
}

function unpadded(whole: Bytes): Bytes | undefined {
  if (whole.length < LENGTH_BYTES) return undefined;
  const length = new DataView(whole.buffer).getUint32(0);
  return length > whole.length - LENGTH_BYTES ? undefined : whole.slice(LENGTH_BYTES, LENGTH_BYTES + length);
}
