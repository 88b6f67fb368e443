import { seededRandom } from "@kaelix/base";
import { DEFAULT_TENANT, makeId, parseId, parseTenantId } from "@kaelix/model";
import { expect, test } from "vitest";

import { makeFileKey, openPiece, sealPiece } from "./pieces.ts";

/** Sealed on 22 November 2026; never to be made anew. */
const FROZEN = {
  key: "1EZ-LfmZ3sSZdoDKxJOs918DLRTz7SwrfJZJ8uYE954",
  place: {
    tenant: DEFAULT_TENANT,
    user: parseId("usr", "usr_01M81J18G0NV6MP2GHKSHHTBAM") ?? expect.fail(),
    memory: parseId("mem", "mem_01M81J18G0RZTF3GT78SMMKAEQ") ?? expect.fail(),
    file: parseId("fil", "fil_01M81J18G0QNJZFBD1BM3ZWBQQ") ?? expect.fail(),
    pieces: 1,
    number: 0,
  },
  sealed:
    "S1gBAgMJAAAAAAAAAADiO5mNBend9soG9O94BgaYJTGxRyVSv8qt5G6GWhNWsFximAEQbv8tUlayCrgxysASfWxLEZ_KvWgjywyzKTiElVVmbpxuEq5OkDA",
};
const NOW_MS = Date.parse("2026-11-22T12:00:00Z");
const random = seededRandom(9);
const id = <Prefix extends "usr" | "mem" | "fil">(prefix: Prefix) => makeId(prefix, NOW_MS, random);
const place = { tenant: DEFAULT_TENANT, user: id("usr"), memory: id("mem"), file: id("fil"), pieces: 3, number: 1 };
const sources = { nowMs: NOW_MS, random };

test("openPiece opens a piece in its own place and in no other", () => {
  const key = makeFileKey(random);
  const bytes = random.bytes(1_000);
  const sealed = sealPiece(key, place, bytes, sources);
  expect(openPiece(key, place, sealed)).toEqual({ type: "opened", bytes: Buffer.from(bytes) });
  const elsewhere = [
    { ...place, tenant: parseTenantId("other") ?? expect.fail() },
    { ...place, user: id("usr") },
    { ...place, memory: id("mem") },
    { ...place, file: id("fil") },
    { ...place, pieces: 4 },
    { ...place, number: 0 },
    { ...place, number: 2 },
  ];
  for (const other of elsewhere)
    expect(openPiece(key, other, sealed), JSON.stringify(other)).toMatchObject({ type: "refused" });
  expect(openPiece(makeFileKey(random), place, sealed)).toMatchObject({ type: "refused", why: "place" });
});

test("openPiece refuses a piece with any byte changed, cut anywhere, or made longer", () => {
  const key = makeFileKey(random);
  const sealed = sealPiece(key, place, random.bytes(40), sources);
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(openPiece(key, place, changed).type, `byte ${at}`).toBe("refused");
    expect(openPiece(key, place, sealed.subarray(0, at)).type, `${at} bytes`).toBe("refused");
  }
  expect(openPiece(key, place, Buffer.concat([sealed, Buffer.of(0)])).type).toBe("refused");
});

test("a piece that was once sealed opens for ever", () => {
  const { key, place: there, sealed } = FROZEN;
  expect(openPiece(key, there, Buffer.from(sealed, "base64url"))).toEqual({
    type: "opened",
    bytes: Buffer.from("a piece of 2026"),
  });
});
