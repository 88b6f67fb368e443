/**
 * Forged access tokens, by hand: what has been tried against verifiers of JWTs (RFC 8725, the JOSE part of Wycheproof, what was found in
 * libraries), against a token that is good.
 */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

import { wrongClaims } from "./wrong-claims.ts";

/** A forgery and what it tries. */
export interface Forgery {
  readonly name: string;
  readonly token: string;
}

/** A token in parts, and the public key that verifies it. */
export interface Genuine {
  readonly token: string;
  readonly publicKey?: KeyObject;
}

type Json = Readonly<Record<string, unknown>>;

const b64 = (text: string | Buffer): string => Buffer.from(text).toString("base64url");
const json = (value: unknown): string => b64(JSON.stringify(value));

const KIDS = [
  "../../../../dev/null",
  "/dev/null",
  "..\\..\\windows\\win.ini",
  "file:///etc/passwd",
  "http://127.0.0.1:1/key",
  "' OR '1'='1",
  "x' UNION SELECT 'key' --",
  "",
  "0",
  "null",
  "__proto__",
  "constructor",
  "toString",
  "a\u0000b",
  "%2e%2e%2fkey",
  "$(id)",
  "${7*7}",
  "k".repeat(4_000),
  "\u202e",
];
const ALGORITHMS: readonly unknown[] = [
  "none",
  "None",
  "NONE",
  "nOnE",
  "",
  " ",
  "HS256",
  "HS384",
  "HS512",
  "RS256",
  "PS256",
  "ES256",
  "ES384",
  "ES512",
  "ES256K",
  "Ed25519",
  "Ed448",
  "eddsa",
  "EDDSA",
  "EdDSA ",
  "EdDSA\u0000",
  "dir",
  "A256GCM",
  "RSA-OAEP",
  "PBES2-HS256+A128KW",
  null,
  0,
  1,
  true,
  ["EdDSA"],
  { alg: "EdDSA" },
];

/** Forgeries that need no key of ours. */
export function forgeAccess({ token, publicKey }: Genuine): Forgery[] {
  const [head = "", body = "", signature = ""] = token.split(".");
  const header = parse(head);
  const claims = parse(body);
  return [
    ...forgeHeaders(header, body, signature),
    ...forgeClaims(header, claims, signature),
    ...forgeWithOtherKeys(header, claims),
    ...(publicKey === undefined ? [] : confuseKeys(header, claims, publicKey)),
    ...respell(head, body, signature),
    ...forgeSignatures(head, body, signature),
  ];
}

function parse(part: string): Json {
  const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function forgeHeaders(header: Json, body: string, signature: string): Forgery[] {
  const changes: readonly [string, Json][] = [
    ...ALGORITHMS.map((alg): [string, Json] => [`alg ${JSON.stringify(alg)}`, { ...header, alg }]),
    ...KIDS.map((kid): [string, Json] => [`kid ${kid.slice(0, 30)}`, { ...header, kid }]),
    ...[null, 1, true, [], {}, ["a"]].map((kid): [string, Json] => [`kid ${JSON.stringify(kid)}`, { ...header, kid }]),
    ...["JWT", "jwt", "JWS", "", "at+jwt ", "application/jwt", "dpop+jwt", null, 1, ["at+jwt"]].map(
      (typ): [string, Json] => [`typ ${JSON.stringify(typ)}`, { ...header, typ }],
    ),
    ...["jku", "x5u"].flatMap((name) =>
      ["http://127.0.0.1:1/jwks.json", "file:///etc/passwd", "//evil.example", ""].map((url): [string, Json] => [
        `${name} ${url}`,
        { ...header, [name]: url },
      ]),
    ),
    ["jwk", { ...header, jwk: { kty: "OKP", crv: "Ed25519", x: b64(Buffer.alloc(32, 1)) } }],
    ["x5c", { ...header, x5c: ["MIIB"] }],
    ["x5t", { ...header, x5t: "AAAA" }],
    ["crit unknown", { ...header, crit: ["x"], x: 1 }],
    ["crit b64", { ...header, crit: ["b64"], b64: false }],
    ["crit empty", { ...header, crit: [] }],
    ["crit no list", { ...header, crit: "exp" }],
    ["b64 false", { ...header, b64: false }],
    ["zip", { ...header, zip: "DEF" }],
    ["cty", { ...header, cty: "JWT" }],
    ["enc", { ...header, enc: "A256GCM" }],
  ];
  const forged = changes.flatMap(([name, changed]): Forgery[] => [
    { name: `header ${name}`, token: `${json(changed)}.${body}.${signature}` },
    { name: `header ${name}, no signature`, token: `${json(changed)}.${body}.` },
  ]);
  const without = Object.keys(header).map((name): Forgery => {
    const { [name]: _gone, ...rest } = header;
    return { name: `header without ${name}`, token: `${json(rest)}.${body}.${signature}` };
  });
  const plain = JSON.stringify(header).slice(1, -1);
  const raw = [
    `{"alg":"none",${plain}}`,
    `{${plain},"alg":"none"}`,
    `{${plain},"alg":"HS256"}`,
    `{"__proto__":{"alg":"none"},${plain}}`,
    `{"constructor":{"prototype":{"alg":"none"}},${plain}}`,
    "null",
    "[]",
    "1",
    '"EdDSA"',
    "{}",
    "",
    "{",
    `{${plain},}`,
    `\uFEFF{${plain}}`,
    ` {${plain}}`,
    `{${plain}} `,
    `{${plain}}{}`,
    `{"alg"\u0000:"none",${plain}}`,
    "[".repeat(5_000),
    `{"a":`.repeat(2_000),
    `{${plain},"x":"${"y".repeat(6_000)}"}`,
  ];
  return [
    ...forged,
    ...without,
    ...raw.map((text, at): Forgery => ({ name: `raw header ${at}`, token: `${b64(text)}.${body}.${signature}` })),
  ];
}

function forgeClaims(header: Json, claims: Json, signature: string): Forgery[] {
  const changed = [
    ...wrongClaims(claims),
    ["role owner", { ...claims, role: "owner" }] as const,
    ["another person", { ...claims, sub: "usr_01JD8QYB3M6W5T0ZK1E9V7RXSC" }] as const,
    ["another session", { ...claims, sid: "ses_01JD8QYB3M6W5T0ZK1E9V7RXSC" }] as const,
  ];
  const plain = JSON.stringify(claims).slice(1, -1);
  const raw = [
    `{${plain},"role":"owner"}`,
    `{"role":"owner",${plain}}`,
    `{${plain},"exp":9999999999}`,
    `{"__proto__":{"role":"owner"},${plain}}`,
    "null",
    "[]",
    "{}",
    "",
    "true",
    `{${plain},"exp":1e999}`,
    `{${plain},"exp":NaN}`,
    "{".repeat(5_000),
    `{${plain},"x":${"[".repeat(1_000)}${"]".repeat(1_000)}}`,
  ];
  return [
    ...changed.map(([name, value]): Forgery => ({
      name: `claims ${name}`,
      token: `${json(header)}.${json(value)}.${signature}`,
    })),
    ...raw.map((text, at): Forgery => ({
      name: `raw claims ${at}`,
      token: `${json(header)}.${b64(text)}.${signature}`,
    })),
  ];
}

function forgeWithOtherKeys(header: Json, claims: Json): Forgery[] {
  const raised = { ...claims, role: "owner" };
  const ed = generateKeyPairSync("ed25519");
  const ed448 = generateKeyPairSync("ed448");
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const own = ed.publicKey.export({ format: "jwk" });
  const heads: readonly [string, Json, KeyObject, string | null][] = [
    ["own Ed25519", header, ed.privateKey, null],
    ["own Ed25519 in jwk", { ...header, jwk: own }, ed.privateKey, null],
    ["own Ed25519, own kid", { ...header, kid: "mine", jwk: own }, ed.privateKey, null],
    ["own Ed25519 by its other name", { ...header, alg: "Ed25519" }, ed.privateKey, null],
    ["own Ed448", { ...header, alg: "EdDSA" }, ed448.privateKey, null],
    ["own P-256", { ...header, alg: "ES256" }, ec.privateKey, "sha256"],
    ["own RSA", { ...header, alg: "RS256" }, rsa.privateKey, "sha256"],
    ["own RSA with jku", { ...header, alg: "RS256", jku: "http://127.0.0.1:1/" }, rsa.privateKey, "sha256"],
  ];
  return heads.flatMap(([name, head, key, digest]) =>
    [claims, raised].map((body): Forgery => {
      const text = `${json(head)}.${json(body)}`;
      return { name: `signed with ${name}`, token: `${text}.${b64(sign(digest, Buffer.from(text), key))}` };
    }),
  );
}

/** The public key taken for a secret (CVE-2015-9235 and its family), in every form that somebody might have it in. */
function confuseKeys(header: Json, claims: Json, publicKey: KeyObject): Forgery[] {
  const jwk = publicKey.export({ format: "jwk" });
  const pem = publicKey.export({ format: "pem", type: "spki" });
  const secrets: readonly [string, Buffer][] = [
    ["DER", publicKey.export({ format: "der", type: "spki" })],
    ["PEM", Buffer.from(pem)],
    ["PEM without its end", Buffer.from(pem.trim())],
    ["32 bytes", Buffer.from(String(jwk["x"]), "base64url")],
    ["x", Buffer.from(String(jwk["x"]))],
    ["JWK", Buffer.from(JSON.stringify(jwk))],
    ["kid", Buffer.from(String(header["kid"]))],
    ["nothing", Buffer.alloc(0)],
    ["zeros", Buffer.alloc(32)],
    ["secret", Buffer.from("secret")],
  ];
  return secrets.flatMap(([name, secret]) =>
    (["sha256", "sha384", "sha512"] as const).flatMap((hash) =>
      [`HS${hash.slice(3)}`, "EdDSA"].map((alg): Forgery => {
        const text = `${json({ ...header, alg })}.${json(claims)}`;
        return {
          name: `${alg} by ${hash} keyed with ${name}`,
          token: `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`,
        };
      }),
    ),
  );
}

/** The good token in other spellings: each would be another token with the same content. */
function respell(head: string, body: string, signature: string): Forgery[] {
  const token = `${head}.${body}.${signature}`;
  const last = signature.at(-1) ?? "";
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const spellings: readonly [string, string][] = [
    ["padded", `${token}==`],
    ["one pad", `${token}=`],
    ["padded head", `${head}=.${body}.${signature}`],
    ["dot behind", `${token}.`],
    ["dots behind", `${token}..`],
    ["dot before", `.${token}`],
    ["four parts", `${token}.${signature}`],
    ["five parts", `${token}.a.b`],
    ["two parts", `${head}.${body}`],
    ["one part", head],
    ["no head", `.${body}.${signature}`],
    ["no body", `${head}..${signature}`],
    ["no signature", `${head}.${body}.`],
    ["nothing", ".."],
    ["inner white", `${head}. ${body}.${signature}`],
    ["tab", `${head}\t.${body}.${signature}`],
    ["comma", `${token},${token}`],
    ["twice", `${token} ${token}`],
    ["Bearer twice", `Bearer ${token}`],
    ["quotes", `"${token}"`],
    ["percent", token.replaceAll(".", "%2e")],
    ["standard base64", token.replaceAll("-", "+").replaceAll("_", "/")],
    ["lower", token.toLowerCase()],
    ["upper", token.toUpperCase()],
    ["huge", `${token}${"A".repeat(7_000)}`],
    ["JSON", JSON.stringify({ payload: body, protected: head, signature })],
    ["flattened in the header", b64(JSON.stringify({ payload: body, signatures: [{ protected: head, signature }] }))],
    ["swapped", `${body}.${head}.${signature}`],
    ["nested", `${json({ alg: "none", cty: "JWT" })}.${b64(token)}.`],
  ];
  const spare = letters
    .split("")
    .flatMap((letter): [string, string][] =>
      letter === last ? [] : [[`last letter ${letter}`, `${head}.${body}.${signature.slice(0, -1)}${letter}`]],
    );
  // One signature in fifteen has no letter that another alphabet spells otherwise: then it is the token itself.
  return [...spellings, ...spare]
    .filter(([, text]) => text !== token)
    .map(([name, text]) => ({ name: `spelled: ${name}`, token: text }));
}

/** Order of the group of Ed25519 (RFC 8032 §5.1). */
const L = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n;

function forgeSignatures(head: string, body: string, signature: string): Forgery[] {
  const bytes = Buffer.from(signature, "base64url");
  const made = (name: string, other: Buffer): Forgery => ({
    name: `signature ${name}`,
    token: `${head}.${body}.${b64(other)}`,
  });
  const flips = Array.from({ length: bytes.length * 8 }, (_, bit) => {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    return made(`bit ${bit}`, flipped);
  });
  const scalar = bytes
    .subarray(32)
    .toReversed()
    .reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const plusL = [1n, 2n, 3n, 8n].flatMap((times) => {
    const sum = scalar + L * times;
    if (sum >= 2n ** 256n) return [];
    const half = Buffer.from(sum.toString(16).padStart(64, "0"), "hex").reverse();
    return [made(`S + ${times}L`, Buffer.concat([bytes.subarray(0, 32), half]))];
  });
  return [
    ...flips,
    ...plusL,
    ...[0, 1, 31, 32, 63].map((length) => made(`of ${length} bytes`, bytes.subarray(0, length))),
    made("and a byte", Buffer.concat([bytes, Buffer.alloc(1)])),
    made("twice", Buffer.concat([bytes, bytes])),
    made("zeros", Buffer.alloc(64)),
    made("ones", Buffer.alloc(64, 255)),
    made("identity", Buffer.concat([Buffer.of(1), Buffer.alloc(63)])),
    made("halves swapped", Buffer.concat([bytes.subarray(32), bytes.subarray(0, 32)])),
  ];
}

/** Respelt and changed secrets of the kind `head_body`: every letter another one, cut, lengthened, in other cases. */
export function forgeSecret(secret: string, fix: (text: string) => string = (text) => text): Forgery[] {
  const forged: Forgery[] = [];
  for (let at = 0; at < secret.length; at++) {
    const other = secret[at] === "A" ? "B" : "A";
    const changed = secret.slice(0, at) + other + secret.slice(at + 1);
    forged.push(
      { name: `letter ${at}`, token: changed },
      { name: `letter ${at}, checksum renewed`, token: fix(changed) },
    );
    if (at > 0) forged.push({ name: `cut at ${at}`, token: secret.slice(0, at) });
  }
  const respelt = [
    `${secret}=`,
    `${secret}A`,
    ` ${secret} x`,
    secret.toLowerCase(),
    secret.toUpperCase(),
    `${secret}\u0000`,
    `${secret}.${secret}`,
    secret.replaceAll("_", "-"),
    `${secret},`,
  ];
  return [...forged, ...respelt.map((token, at) => ({ name: `spelled ${at}`, token }))].filter(
    ({ token }) => token !== secret,
  );
}
