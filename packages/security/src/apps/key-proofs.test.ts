import { createHash, randomUUID } from "node:crypto";

import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { expect, test } from "vitest";

import { KeyProofs } from "./key-proofs.ts";

const NOW_MS = 1_800_000_000_000;
const URL = "https://kaelix.example/mcp";
const TOKEN = "kla_token";
const WANTED = { method: "POST", url: `${URL}?a=b`, token: TOKEN, nowMs: NOW_MS } as const;
const ATH = createHash("sha256").update(TOKEN).digest("base64url");

const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
const jwk = await exportJWK(publicKey);

async function proof(claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}): Promise<string> {
  const payload = { htm: "POST", htu: URL, iat: NOW_MS / 1_000, jti: randomUUID(), ath: ATH, ...claims };
  return new SignJWT(payload).setProtectedHeader({ alg: "ES256", typ: "dpop+jwt", jwk, ...header }).sign(privateKey);
}

test("a proof shows its key, once", async () => {
  const proofs = new KeyProofs();
  const one = await proof();
  expect(await proofs.check(one, WANTED)).toBe(await calculateJwkThumbprint(jwk, "sha256"));
  expect(await proofs.check(one, WANTED)).toBeUndefined();
  expect(await proofs.check(await proof(), { ...WANTED, nowMs: NOW_MS + 59_000 })).toBeDefined();
});

test.each<readonly [string, Record<string, unknown>]>([
  ["another method", { htm: "GET" }],
  ["another address", { htu: "https://kaelix.example/api/v1/memories" }],
  ["another host", { htu: "https://evil.example/mcp" }],
  ["no address", { htu: undefined }],
  ["another token", { ath: createHash("sha256").update("kla_other").digest("base64url") }],
  ["no token", { ath: undefined }],
  ["no name", { jti: undefined }],
  ["an empty name", { jti: "" }],
  ["no time", { iat: undefined }],
  ["a minute ago", { iat: NOW_MS / 1_000 - 61 }],
  ["the future", { iat: NOW_MS / 1_000 + 6 }],
  ["its own end", { exp: NOW_MS / 1_000 - 1 }],
])("a proof of %s proves nothing", async (_what, claims) => {
  expect(await new KeyProofs().check(await proof(claims), WANTED)).toBeUndefined();
});

test("a proof of another kind, with a secret key, a foreign key or none proves nothing", async () => {
  const proofs = new KeyProofs();
  const privateJwk: JWK = await exportJWK(privateKey);
  const other = await exportJWK((await generateKeyPair("ES256")).publicKey);
  for (const header of [{ typ: "JWT" }, { jwk: privateJwk }, { jwk: other }, { jwk: undefined }]) {
    expect(await proofs.check(await proof({}, header), WANTED)).toBeUndefined();
  }
  const shared = new Uint8Array(32);
  const secretJwk: JWK = { kty: "oct", k: Buffer.from(shared).toString("base64url") };
  const byHmac = await new SignJWT({ htm: "POST", htu: URL, iat: NOW_MS / 1_000, jti: "j", ath: ATH })
    .setProtectedHeader({
      alg: "HS256",
      typ: "dpop+jwt",
      jwk: secretJwk,
    })
    .sign(shared);
  const unsigned = `${Buffer.from(JSON.stringify({ alg: "none", typ: "dpop+jwt", jwk })).toString("base64url")}.${(await proof()).split(".")[1] ?? ""}.`;
  for (const forged of [byHmac, unsigned, "", "a.b.c", "x".repeat(5_000)]) {
    expect(await proofs.check(forged, WANTED)).toBeUndefined();
  }
});
