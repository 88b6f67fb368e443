import { createSecretKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { crc32 } from "node:zlib";

import { seededRandom } from "@kaelix/base";
import { DEFAULT_TENANT, makeId } from "@kaelix/model";
import { AccessTokens } from "@kaelix/security";

import { type Door, jsonOf } from "../proofs/door.ts";
import { fieldOf, keyOf, type Person } from "../proofs/product.ts";
import { forgeAccess, forgeSecret, type Forgery } from "./tokens.ts";
import { wrongClaims } from "./wrong-claims.ts";

/** Since when the retired key does not sign. */
const MINUTES_MS = 120_000;

/** What trying came to. */
export interface Tried {
  readonly count: number;
  readonly faults: readonly string[];
}

/** Takes every forgery to the running product. */
export async function tryForgeries(door: Door, person: Person): Promise<Tried> {
  const faults: string[] = [];
  const token = await person.signIn();
  const { id, secret } = await keyOf(door, person, { scopes: ["user.read"] });
  const other = await keyOf(door, person, { scopes: ["memory.read"] });
  const renewed = (key: string): string => key.slice(0, -7) + crc32(key.slice(0, -7)).toString(36).padStart(7, "0");
  const mixed = renewed(secret.slice(0, 31) + other.secret.slice(31));
  const bearers: Forgery[] = [
    ...forgeAccess({ token, publicKey: generateKeyPairSync("ed25519").publicKey }),
    ...forgeSecret(secret, renewed),
    { name: "the secret of another key", token: mixed },
    { name: "the key's id", token: id },
  ];
  for (const { name, token: forged } of bearers) {
    const heard = await door.ask({
      method: "GET",
      path: "/api/v1/me",
      headers: { authorization: `Bearer ${sendable(forged)}` },
    });
    if (sendable(forged) === token || sendable(forged) === secret) continue;
    // 431: more header than any token has.
    if (heard.status !== 401 && heard.status !== 431)
      faults.push(`${name} → ${heard.status}: ${heard.text.slice(0, 200)}`);
  }
  for (const good of [token, secret]) {
    const heard = await door.askJson(good, "GET", "/api/v1/me");
    if (heard.status !== 200) faults.push(`What is genuine is refused after the forgeries: ${heard.text}`);
  }
  const refreshes = await tryRefreshes(door, person, [token, secret]);
  return { count: bearers.length + refreshes.count, faults: [...faults, ...refreshes.faults] };
}

/** As a header can hold it. */
function sendable(token: string): string {
  // oxlint-disable-next-line no-control-regex -- what Node refuses to send
  return token.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, "?").trim();
}

async function tryRefreshes(door: Door, person: Person, others: readonly string[]): Promise<Tried> {
  const faults: string[] = [];
  const one = await refreshTokenOf(door, person);
  const two = await refreshTokenOf(door, person);
  const [session = "", generation = "", body = "", mac = ""] = one.split(".");
  const parts: readonly (readonly string[])[] = [
    [two.split(".")[0] ?? "", generation, body, mac],
    ...["0", "2", "00", `0${generation}`, `${generation}.0`, "-1", "999999999", "1e0", " 1"].map((other) => [
      session,
      other,
      body,
      mac,
    ]),
    [session, generation, two.split(".")[2] ?? "", mac],
    [session, generation, body, two.split(".")[3] ?? ""],
    [session, generation, body, ""],
    [session, generation, body, `${mac}=`],
  ];
  const forged: Forgery[] = [
    ...forgeSecret(one),
    ...parts
      .map((list, at): Forgery => ({ name: `parts ${at}`, token: list.join(".") }))
      .filter(({ token }) => token !== one),
    ...others.map((token): Forgery => ({ name: "a token of another kind", token })),
  ];
  for (const { name, token } of forged) {
    const heard = await door.askJson(undefined, "POST", "/api/v1/auth/refresh", { refresh_token: token });
    if (heard.status !== 401 && heard.status !== 400)
      faults.push(`Refresh: ${name} → ${heard.status}: ${heard.text.slice(0, 200)}`);
  }
  for (const good of [one, two]) {
    const heard = await door.askJson(undefined, "POST", "/api/v1/auth/refresh", { refresh_token: good });
    if (heard.status !== 200) faults.push(`Forged refresh tokens have ended a session: ${heard.text}`);
  }
  return { count: forged.length, faults };
}

/** A refresh token of a new session. */
export async function refreshTokenOf(door: Door, { password, phone }: Person): Promise<string> {
  return fieldOf(await door.askJson(undefined, "POST", "/api/v1/auth/login", { phone, password }), "refresh_token");
}

/** The 32 bytes of an Ed25519 key. */
function seedOf(privateKey: KeyObject): KeyObject {
  return createSecretKey(Buffer.from(String(privateKey.export({ format: "jwk" })["d"]), "base64url"));
}

/** Claims that are wrong, under a signature that is right: somebody who could sign must still not be believed everything. */
export async function trySignedForgeries(): Promise<Tried> {
  const faults: string[] = [];
  const nowMs = 1_750_000_000_000;
  const random = seededRandom(5);
  const pair = generateKeyPairSync("ed25519");
  const stolen = generateKeyPairSync("ed25519");
  const clock = { nowMs: () => nowMs, monotonicMs: () => 0 };
  const key = { number: 2, secret: seedOf(pair.privateKey), sinceMs: nowMs - MINUTES_MS, retiredAtMs: undefined };
  const retired = { number: 1, secret: seedOf(stolen.privateKey), sinceMs: 0, retiredAtMs: nowMs - MINUTES_MS };
  const tokens = new AccessTokens({
    keys: () => [key, retired],
    issuer: "kaelix",
    audience: "kaelix-api",
    clock,
    random,
  });
  const ids = { user: makeId("usr", nowMs, random), session: makeId("ses", nowMs, random) };
  const genuine = await tokens.sign({ ...ids, tenant: DEFAULT_TENANT, role: "member" });
  const [head = "", body = ""] = genuine.split(".");
  const claims =
    jsonOf({ status: 0, headers: {}, bytes: Buffer.alloc(0), text: Buffer.from(body, "base64url").toString() }) ?? {};
  const resigned = (header: string, said: string, by = pair.privateKey): string =>
    `${header}.${said}.${sign(null, Buffer.from(`${header}.${said}`), by).toString("base64url")}`;
  if ((await tokens.verify(resigned(head, body))).type !== "verified")
    faults.push("What is signed again as it was is refused: the forgeries prove nothing");
  const wrong = wrongClaims(claims).map(([name, said]): Forgery => ({
    name,
    token: resigned(head, Buffer.from(JSON.stringify(said)).toString("base64url")),
  }));
  // By whoever stole the key before it was retired: it verifies still, and makes nothing of today, whichever key it names.
  const thief = new AccessTokens({
    keys: () => [retired],
    issuer: "kaelix",
    audience: "kaelix-api",
    clock,
    random,
  });
  const [retiredHead = ""] = (await thief.sign({ ...ids, tenant: DEFAULT_TENANT, role: "member" })).split(".");
  const late = [retiredHead, head].map((named): Forgery => ({
    name: "of today, by a retired key",
    token: resigned(named, body, stolen.privateKey),
  }));
  const public_ = forgeAccess({ token: genuine, publicKey: tokens.publicKey });
  for (const { name, token } of [...wrong, ...late, ...public_]) {
    const answer = await tokens.verify(token);
    if (answer.type === "verified") faults.push(`Believed: ${name}`);
  }
  return { count: wrong.length + late.length + public_.length, faults };
}
