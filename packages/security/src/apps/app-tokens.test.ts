/** Tokens of apps under keys that are renewed. */
import { createSecretKey } from "node:crypto";

import { seededRandom } from "@kaelix/base";
import { makeId } from "@kaelix/model";
import { expect, test } from "vitest";

import type { SigningKey } from "../keys/signing-keys.ts";
import { APP_TOKEN_SECONDS, makeAppAccess, makeAppRefresh, parseAppAccess, parseAppRefresh } from "./app-tokens.ts";

const random = seededRandom(3);
const app = makeId("key", 1, random);
const RETIRED_MS = 1_796_700_000_000;
const key = (byte: number, retiredAtMs?: number): SigningKey => {
  return { number: byte, secret: createSecretKey(Buffer.alloc(32, byte)), sinceMs: 0, retiredAtMs };
};
const [former, current, strange] = [key(1, RETIRED_MS), key(2), key(3)];
const keys = [current, former];

test("what a retired key made is taken: refresh tokens as long as it is kept, access tokens until its last one ends", () => {
  for (const { secret } of keys) {
    expect(parseAppRefresh(keys, makeAppRefresh(secret, random, app, 4))).toMatchObject({ app, generation: 4 });
    const untilMs = RETIRED_MS + APP_TOKEN_SECONDS * 1_000;
    expect(parseAppAccess(keys, makeAppAccess(secret, random, app, untilMs))).toEqual({ app, untilMs });
  }
  const late = RETIRED_MS + (APP_TOKEN_SECONDS + 61) * 1_000;
  // Only a thief makes those: the key is kept for refresh tokens, months after it made its last access token.
  expect(parseAppAccess(keys, makeAppAccess(former.secret, random, app, late))).toBeUndefined();
  expect(parseAppAccess(keys, makeAppAccess(current.secret, random, app, late))).toEqual({ app, untilMs: late });
});

test("what another key made, or one that is forgotten, is none of ours", () => {
  for (const { secret } of [strange, former]) {
    const [refresh, access] = [makeAppRefresh(secret, random, app, 1), makeAppAccess(secret, random, app, RETIRED_MS)];
    expect([parseAppRefresh([current], refresh), parseAppAccess([current], access)]).toEqual([undefined, undefined]);
  }
});
