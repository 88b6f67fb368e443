import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";

import { expect, test } from "vitest";

import { appleSecret } from "./oidc-client.ts";
import { parseProviders } from "./provider-settings.ts";

const noFile = (): string => {
  throw new Error("There is no file");
};
const parse = (...providers: readonly object[]) => parseProviders(JSON.stringify({ providers }), noFile);

test("parseProviders knows presets and any issuer, and asks what each needs", () => {
  const own = { id: "work", name: "Example", issuer: "https://id.example.com", client_id: "a", client_secret: "b" };
  const parsed = parse(
    { preset: "google", client_id: "a", client_secret: "b" },
    { preset: "facebook", client_id: "c" },
    own,
  );
  expect(parsed).toMatchObject({
    type: "providers",
    providers: [
      { id: "google", name: "Google", issuer: "https://accounts.google.com", proof: { type: "secret", secret: "b" } },
      { id: "facebook", proof: { type: "none" }, endpoints: { token: expect.stringMatching(/^https:/) } },
      { id: "work", name: "Example", scope: "openid email" },
    ],
  });
  const apple = { preset: "apple", client_id: "a", team_id: "t", key_id: "k", private_key_file: "/x.p8" };
  const withFile = parseProviders(JSON.stringify({ providers: [apple] }), (file) => `key of ${file}`);
  expect(withFile).toMatchObject({ providers: [{ proof: { type: "apple", privateKey: "key of /x.p8" } }] });
});

test("parseProviders says what is wrong, and quotes no secret", () => {
  const good = { id: "work", issuer: "https://id.example.com", client_id: "a", client_secret: "hush" };
  const wrong: readonly [string, ...object[]][] = [
    ["preset must be one of", { ...good, preset: "myspace" }],
    ["client_id is missing", { id: "work", issuer: "https://id.example.com" }],
    ["issuer must be an https:// address", { ...good, issuer: "http://id.example.com" }],
    ["issuer must be an https:// address", { ...good, issuer: "https://ann:hush@id.example.com" }],
    ["issuer is set by the preset", { ...good, preset: "google" }],
    ["id must be small letters", { ...good, id: "../etc" }],
    ["has a field secret", { ...good, secret: "hush" }],
    ["scope must hold openid", { ...good, scope: "email" }],
    ["id work is there twice", good, { ...good, issuer: "https://other.example.com" }],
    ["issuer https://id.example.com is there twice", good, { ...good, id: "again" }],
    ["private_key_file cannot be read", { preset: "apple", client_id: "a", private_key_file: "/x" }],
  ];
  for (const [why, ...rows] of wrong) {
    const parsed = parse(...rows);
    expect(parsed).toMatchObject({ type: "invalid", why: expect.stringContaining(why) });
    expect(JSON.stringify(parsed)).not.toContain("hush");
  }
  for (const text of ["", "[]", "{}", '{"providers":{}}']) expect(parseProviders(text, noFile).type).toBe("invalid");
});

test("appleSecret is a token that the team's key has signed", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" });
  const proof = { type: "apple", teamId: "TEAM", keyId: "KEY", privateKey: pem } as const;
  const issuer = "https://appleid.apple.com";
  const token = appleSecret(proof, { clientId: "org.example", issuer, nowMs: 1_000_500 });
  const [head = "", body = "", signature = ""] = token.split(".");
  const read = (part: string): unknown => JSON.parse(Buffer.from(part, "base64url").toString());
  expect(read(head)).toEqual({ alg: "ES256", kid: "KEY" });
  expect(read(body)).toEqual({ iss: "TEAM", iat: 1_000, exp: 1_300, aud: issuer, sub: "org.example" });
  const key = {
    key: createPublicKey(publicKey.export({ type: "spki", format: "pem" })),
    dsaEncoding: "ieee-p1363",
  } as const;
  expect(verify("sha256", Buffer.from(`${head}.${body}`), key, Buffer.from(signature, "base64url"))).toBe(true);
});
