import { createHmac, createPrivateKey, createSecretKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

import { ManualClock, seededRandom, systemRandom } from "@kaelix/base";
import { DEFAULT_TENANT, makeId } from "@kaelix/model";
import { decodeProtectedHeader } from "jose";
import { expect, test } from "vitest";

import type { SigningKey } from "../keys/signing-keys.ts";
import { ACCESS_TOKEN_SECONDS, type AccessTokenOptions, AccessTokens } from "./access-tokens.ts";

const clock = new ManualClock(1_750_000_000_123);
const seconds = 1_750_000_000;
const seed = Buffer.alloc(32, 9);
const key: SigningKey = { number: 1, secret: createSecretKey(seed), sinceMs: 0, retiredAtMs: undefined };
const options: AccessTokenOptions = {
  keys: () => [key],
  issuer: "kaelix",
  audience: "kaelix",
  clock,
  random: systemRandom,
};
const tokens = new AccessTokens(options);
const claims = {
  user: makeId("usr", 1, systemRandom),
  tenant: DEFAULT_TENANT,
  role: "member" as const,
  session: makeId("ses", 1, systemRandom),
};
const keyId = keyIdOf(await tokens.sign(claims));
// The same seed in the same envelope (RFC 8410), for forging with the right key.
const realKey = createPrivateKey({
  key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]),
  format: "der",
  type: "pkcs8",
});
const strangeKey = generateKeyPairSync("ed25519").privateKey;
const header = { alg: "EdDSA", kid: keyId, typ: "at+jwt" };
const payload = {
  iss: "kaelix",
  aud: "kaelix",
  sub: claims.user,
  sid: claims.session,
  jti: "AAAAAAAAAAAAAAAAAAAAAA",
  role: "member",
  tenant: "default",
  iat: seconds,
  exp: seconds + ACCESS_TOKEN_SECONDS,
};

/** Values that no header or claim may have. */
const wrong = {
  alg: ["ES256", "RS256", "PS256", "Ed448", "Ed25519", "eddsa", "ES256K", null, 7, ["EdDSA"]],
  kid: [
    "",
    "0",
    "AAAAAAAAAAAAAAAA",
    "../../../../dev/null",
    "/etc/passwd",
    "file:///dev/null",
    "' OR 1=1 --",
    "http://127.0.0.1/key",
    `${keyId} `,
    `${keyId}\u0000`,
    null,
    1,
    {},
    [keyId],
  ],
  typ: ["JWT", "jwt", "", "at+jwt;x", "id+jwt", "refresh+jwt", null, 1],
  claims: [
    ...["other", "", "Kaelix", "kaelix ", null, 1, ["kaelix"]].map((iss) => ({ iss })),
    ...["other", "", "Kaelix", null, 1, ["other"], []].map((aud) => ({ aud })),
    ...["", "usr_1", claims.session, `${claims.user} `, null, 1, [claims.user]].map((sub) => ({ sub })),
    ...["", "ses_1", claims.user, null, 1].map((sid) => ({ sid })),
    ...["root", "Owner", "", null, 1, ["owner"]].map((role) => ({ role })),
    ...["", "UPPER", "a/b", null, 1].map((tenant) => ({ tenant })),
    ...[seconds, 0, -1, seconds + 600.5, seconds + 601, seconds + 599, 1e300].map((exp) => ({ exp })),
    ...["1750000600", null, true, {}].map((exp) => ({ exp })),
    ...[seconds + 61, seconds - 601, seconds + 0.5, "1750000000", null, -1].map((iat) => ({ iat })),
    { iat: seconds + 3_600, exp: seconds + 4_200 },
    { iat: seconds - 600, exp: seconds },
    { nbf: seconds + 60 },
    { jti: 7 },
  ],
};

type Json = Readonly<Record<string, unknown>>;
const encode = (value: unknown): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

function forge(head: Json, body: Json | string, key: KeyObject = realKey): string {
  const signed = `${encode(head)}.${encode(body)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key).toString("base64url")}`;
}

function keyIdOf(token: string): string {
  return decodeProtectedHeader(token).kid ?? "";
}

function without(object: Json, name: string): Json {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
}

test("AccessTokens accepts what it signed, again from memory, and after a restart", async () => {
  const token = await tokens.sign(claims);
  const expected = { type: "verified", claims: { ...claims, expiresAtMs: (seconds + ACCESS_TOKEN_SECONDS) * 1_000 } };
  expect(await tokens.verify(token)).toEqual(expected);
  expect(await tokens.verify(token)).toEqual(expected);
  expect(await new AccessTokens(options).verify(token)).toEqual(expected);
  // The forging tools below are right: with the real key and honest fields their token passes.
  expect(await tokens.verify(forge(header, payload))).toEqual(expected);
  expect(await tokens.sign(claims)).not.toBe(token);
});

test("AccessTokens refuses a token from its last second on, also from memory", async () => {
  const later = new ManualClock(clock.nowMs());
  const own = new AccessTokens({ ...options, clock: later });
  const token = await own.sign(claims);
  expect((await own.verify(token)).type).toBe("verified");
  later.advance(ACCESS_TOKEN_SECONDS * 1_000);
  expect(await own.verify(token)).toEqual({ type: "refused", why: "expired" });
  expect(await new AccessTokens({ ...options, clock: later }).verify(token)).toEqual({
    type: "refused",
    why: "expired",
  });
});

test("AccessTokens takes what a retired key signed until that ends, and nothing of a forgotten one, also from memory", async () => {
  const now = new ManualClock(clock.nowMs());
  const next: SigningKey = {
    number: 2,
    secret: createSecretKey(Buffer.alloc(32, 8)),
    sinceMs: 0,
    retiredAtMs: undefined,
  };
  let keys: AccessTokenOptions["keys"] = () => [key];
  const own = new AccessTokens({ ...options, clock: now, keys: () => keys() });
  const [seen, unseen] = [await own.sign(claims), await own.sign(claims)];
  expect((await own.verify(seen)).type).toBe("verified");
  const retired = { ...key, retiredAtMs: now.nowMs() };
  keys = () => [next, retired];
  for (const token of [seen, unseen]) expect((await own.verify(token)).type).toBe("verified");
  const newer = await own.sign(claims);
  expect(keyIdOf(newer)).not.toBe(keyId);
  expect((await own.verify(newer)).type).toBe("verified");
  // A thief of the retired key can sign until its last token ends, and names it or the new one in vain.
  now.advance(61_000);
  const iat = Math.floor(now.nowMs() / 1_000);
  const late = { ...payload, iat, exp: iat + ACCESS_TOKEN_SECONDS };
  expect(await own.verify(forge(header, late))).toEqual({ type: "refused", why: "forged" });
  expect(await own.verify(forge({ ...header, kid: keyIdOf(newer) }, payload))).toEqual({
    type: "refused",
    why: "forged",
  });
  keys = () => [next];
  const [another] = [forge(header, { ...payload, jti: "BAAAAAAAAAAAAAAAAAAAAA" })];
  for (const token of [seen, unseen, another])
    expect(await own.verify(token)).toEqual({ type: "refused", why: "forged" });
  expect((await own.verify(newer)).type).toBe("verified");
});

test("AccessTokens refuses forged headers, keys, claims and times", async () => {
  const spki = tokens.publicKey.export({ format: "der", type: "spki" });
  const pem = tokens.publicKey.export({ format: "pem", type: "spki" });
  const raw = spki.subarray(-32);
  const hs256 = (secret: string | Buffer, head: Json): string => {
    const signed = `${encode(head)}.${encode(payload)}`;
    return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
  };
  const good = forge(header, payload);
  const [head = "", body = "", signature = ""] = good.split(".");
  const forged: string[] = [
    ...["none", "None", "NONE", "nOnE", ""].flatMap((alg) => [
      `${encode({ ...header, alg })}.${body}.`,
      `${encode({ ...header, alg })}.${body}.${signature}`,
      `${encode({ ...header, alg })}.${body}.AA`,
    ]),
    ...[spki, raw, pem].flatMap((secret) =>
      ["HS256", "HS384", "EdDSA"].map((alg) => hs256(secret, { ...header, alg })),
    ),
    ...wrong.alg.map((alg) => forge({ ...header, alg }, payload)),
    ...wrong.kid.map((kid) => forge({ ...header, kid }, payload)),
    ...wrong.typ.map((typ) => forge({ ...header, typ }, payload)),
    ...["typ", "kid", "alg"].map((name) => forge(without(header, name), payload)),
    forge({ ...header, crit: ["exp"] }, payload),
    forge({ ...header, crit: ["b64"], b64: false }, payload),
    forge({ ...header, crit: [] }, payload),
    // A key that travels with the token must never be used.
    forge({ ...header, jwk: strangeKey.export({ format: "jwk" }) }, payload, strangeKey),
    forge({ ...header, jku: "http://127.0.0.1/keys" }, payload, strangeKey),
    forge({ ...header, x5u: "http://127.0.0.1/cert" }, payload, strangeKey),
    forge(header, payload, strangeKey),
    ...wrong.claims.map((change) => forge(header, { ...payload, ...change })),
    ...Object.keys(payload).map((name) => forge(header, without(payload, name))),
    ...["null", "[]", "7", '"text"', "", "{", `{"sub":"${claims.user}"}`].map((text) => forge(header, text)),
    "",
    ".",
    "..",
    "...",
    `${head}.${body}`,
    `${head}.${body}.`,
    `.${body}.${signature}`,
    `${head}..${signature}`,
    `${good}.`,
    `${good}.${signature}`,
    `${good}=`,
    ` ${good}`,
    `${good}\n`,
    good.replaceAll(".", "|"),
    `${head}.${body}.${signature.slice(1)}`,
    "x".repeat(5_000),
    `${head}.${encode({ ...payload, role: "owner" })}.${signature}`,
    `${encode({ ...header, typ: "JWT" })}.${body}.${signature}`,
    `${head}.${body}.${Buffer.alloc(64).toString("base64url")}`,
  ];
  expect(forged.length).toBeGreaterThanOrEqual(130);
  for (const token of forged) {
    const answer = await tokens.verify(token);
    expect(answer.type, token.slice(0, 300)).toBe("refused");
  }
});

test("AccessTokens refuses a token with any one letter changed", async () => {
  const good = forge(header, payload);
  const seed = 91;
  const random = seededRandom(seed);
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (let at = 0; at < good.length; at++) {
    if (good[at] === ".") continue;
    const other = letters.charAt((letters.indexOf(good.charAt(at)) + 1 + random.integer(63)) % 64);
    expect((await tokens.verify(good.slice(0, at) + other + good.slice(at + 1))).type, `seed ${seed}, at ${at}`).toBe(
      "refused",
    );
  }
});
