// Stretching a passphrase takes a good part of a second, which no pure test may.
import { expect, test } from "vitest";

import { VECTOR_KEY, VECTOR_KEY_ID, VECTOR_MEMORY, VECTOR_OWNER } from "../../testing/seal-vectors.ts";
import {
  addPasskey,
  changePassphrase,
  changeRecoveryKey,
  makeKey,
  makePasskeySalt,
  type OpenedKey,
  openKey,
  type Opener,
  type WrappedKey,
} from "./key-ring.ts";
import { openBody, sealBody } from "./memory-body.ts";

const VECTOR: WrappedKey = { keyId: VECTOR_KEY_ID, wraps: VECTOR_KEY.wraps };
const AT = { id: "mem_A", version: 1 };
const phrase = (text: string): Opener => ({ by: "passphrase", text });
const recovery = (text: string): Opener => ({ by: "recovery", text });
const why = (opened: OpenedKey): string => (opened.type === "refused" ? opened.why : "opened");

test("a key wrapped by another writing of the format opens by passphrase and by recovery key", async () => {
  for (const opener of [
    phrase(VECTOR_KEY.passphrase),
    phrase(VECTOR_KEY.passphrase.normalize("NFKC")),
    recovery(VECTOR_KEY.recoveryKey),
  ]) {
    const opened = await openKey(VECTOR_OWNER, VECTOR, opener);
    if (opened.type !== "opened") throw new Error(opened.why);
    expect(await openBody(opened.key, VECTOR_MEMORY.at, VECTOR_MEMORY.sealed)).toEqual({
      type: "opened",
      body: VECTOR_MEMORY.body,
    });
  }
});

test("a key opens by what it was wrapped under alone; another person's, or one with its name changed, opens by nothing", async () => {
  const right = recovery(VECTOR_KEY.recoveryKey);
  expect(why(await openKey(VECTOR_OWNER, VECTOR, phrase("correct horse battery stapler")))).toBe("wrong");
  expect(why(await openKey({ ...VECTOR_OWNER, user: "usr_B" }, VECTOR, right))).toBe("wrong");
  expect(why(await openKey({ ...VECTOR_OWNER, tenant: "other" }, VECTOR, right))).toBe("wrong");
  expect(why(await openKey(VECTOR_OWNER, { ...VECTOR, keyId: "AAECAwQFBgcICQoLDA0OEA" }, right))).toBe("wrong");
  const swapped = { ...VECTOR.wraps, recovery: { wrapped: VECTOR.wraps.passphrase.wrapped } };
  expect(why(await openKey(VECTOR_OWNER, { ...VECTOR, wraps: swapped }, right))).toBe("wrong");
  expect(why(await openKey(VECTOR_OWNER, VECTOR, recovery("no key")))).toBe("unread");
});

test("a server that asks for less stretching is refused before anything is tried", async () => {
  for (const bent of [{ rounds: 599_999 }, { rounds: 1 }, { rounds: 100_000_000 }, { salt: "AAAA" }]) {
    const wraps = { ...VECTOR.wraps, passphrase: { ...VECTOR.wraps.passphrase, ...bent } };
    expect(why(await openKey(VECTOR_OWNER, { ...VECTOR, wraps }, phrase(VECTOR_KEY.passphrase)))).toBe("weak");
  }
});

test("passphrase and recovery key change each by itself, and what was sealed stays open to the new ones", async () => {
  const made = await makeKey(VECTOR_OWNER, "first passphrase of all");
  const sealed = await sealBody(made.key, AT, { text: "the oak" });
  const changed = await changePassphrase(VECTOR_OWNER, made.wrapped, {
    opener: recovery(made.recoveryKey),
    passphrase: "second passphrase",
  });
  if (changed.type !== "changed") throw new Error(changed.why);
  expect(changed.wrapped.wraps.recovery).toEqual(made.wrapped.wraps.recovery);
  expect(why(await openKey(VECTOR_OWNER, changed.wrapped, phrase("first passphrase of all")))).toBe("wrong");
  const renewed = await changeRecoveryKey(VECTOR_OWNER, changed.wrapped, "second passphrase");
  if (renewed.type !== "changed") throw new Error(renewed.why);
  expect(why(await openKey(VECTOR_OWNER, renewed.wrapped, recovery(made.recoveryKey)))).toBe("wrong");
  const opened = await openKey(VECTOR_OWNER, renewed.wrapped, recovery(renewed.recoveryKey));
  if (opened.type !== "opened") throw new Error(opened.why);
  expect(await openBody(opened.key, AT, sealed)).toEqual({ type: "opened", body: { text: "the oak" } });
  expect(await changePassphrase(VECTOR_OWNER, made.wrapped, { opener: phrase("wrong one"), passphrase: "x" })).toEqual({
    type: "refused",
    why: "wrong",
  });
});

test("a passkey's secret opens the same key, for its own credential, person and secret alone, and stays through other changes", async () => {
  const made = await makeKey(VECTOR_OWNER, "first passphrase of all");
  const sealed = await sealBody(made.key, AT, { text: "the oak" });
  const secret = (): Uint8Array<ArrayBuffer> => new Uint8Array(32).fill(7);
  const add = { salt: makePasskeySalt(), site: "localhost", passkey: { credential: "cred", secret: secret() } };
  const refused = await addPasskey(VECTOR_OWNER, made.wrapped, { ...add, opener: phrase("wrong one") });
  expect(refused).toEqual({ type: "refused", why: "wrong" });
  const again = { ...add, passkey: { credential: "cred", secret: secret() } };
  const added = await addPasskey(VECTOR_OWNER, made.wrapped, { ...again, opener: recovery(made.recoveryKey) });
  if (added.type !== "changed") throw new Error(added.why);
  // The bytes of the secret are overwritten.
  expect(again.passkey.secret.every((byte) => byte === 0)).toBe(true);
  const changed = await changePassphrase(VECTOR_OWNER, added.wrapped, {
    opener: recovery(made.recoveryKey),
    passphrase: "second passphrase",
  });
  if (changed.type !== "changed") throw new Error(changed.why);
  const by = (credential: string, bytes: Uint8Array<ArrayBuffer>) =>
    ({ by: "passkey", credential, secret: bytes }) as const;
  const opened = await openKey(VECTOR_OWNER, changed.wrapped, by("cred", secret()));
  if (opened.type !== "opened") throw new Error(opened.why);
  expect(await openBody(opened.key, AT, sealed)).toEqual({ type: "opened", body: { text: "the oak" } });
  expect(why(await openKey(VECTOR_OWNER, changed.wrapped, by("cred", secret().fill(8))))).toBe("wrong");
  expect(why(await openKey(VECTOR_OWNER, changed.wrapped, by("other", secret())))).toBe("wrong");
  const stranger = { ...VECTOR_OWNER, user: "usr_01JXQ8W0Z0000000000000000B" };
  expect(why(await openKey(stranger, changed.wrapped, by("cred", secret())))).toBe("wrong");
  expect(why(await openKey(VECTOR_OWNER, made.wrapped, by("cred", secret())))).toBe("wrong");
});
