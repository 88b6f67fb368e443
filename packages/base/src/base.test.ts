import fc from "fast-check";
import { expect, test } from "vitest";

import { BoundedQueue } from "./bounded-queue.ts";
import { decodeBase64Url, encodeBase64Url, encodeHex } from "./bytes.ts";
import { parseConfig, settingParsers } from "./config.ts";
import { defineErrors, isKaelixError } from "./errors.ts";
import { KeyedLock } from "./keyed-lock.ts";
import { formatPosition, formatPositionHeader, parsePosition } from "./position.ts";
import { seededRandom } from "./random.ts";
import { encodeUlid, isUlid, makeUlid } from "./ulid.ts";

test("encodeBase64Url and decodeBase64Url are inverse, and agree with the platform", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = encodeBase64Url(bytes);
      expect(text).toBe(Buffer.from(bytes).toString("base64url"));
      expect(decodeBase64Url(text)).toEqual(bytes);
      expect(encodeHex(bytes)).toBe(Buffer.from(bytes).toString("hex"));
    }),
  );
});

test("decodeBase64Url refuses what is not canonical", () => {
  for (const text of ["A", "AB=", "A+B/", "AB", "a b", "é"]) {
    const canonical = encodeBase64Url(decodeBase64Url(text) ?? new Uint8Array());
    expect(decodeBase64Url(text) === undefined || canonical === text, text).toBe(true);
  }
  expect(decodeBase64Url("AB")).toBeUndefined();
  expect(decodeBase64Url("AA")).toEqual(new Uint8Array([0]));
});

test("makeUlid sorts by time and keeps 128 bits", () => {
  const random = seededRandom(7);
  const early = makeUlid(1_000, random);
  const late = makeUlid(1_001, random);
  expect(early < late).toBe(true);
  expect(isUlid(early)).toBe(true);
  expect(encodeUlid(new Uint8Array(16).fill(255))).toBe("7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
  expect(encodeUlid(new Uint8Array(16))).toBe("00000000000000000000000000");
  expect(isUlid("8ZZZZZZZZZZZZZZZZZZZZZZZZZ")).toBe(false);
});

test("encodeUlid gives different texts to different bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.integer({ min: 0, max: 127 }), (bytes, bit) => {
      const other = Uint8Array.from(bytes);
      other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(encodeUlid(bytes)).not.toBe(encodeUlid(other));
      expect(isUlid(encodeUlid(bytes))).toBe(true);
    }),
  );
});

test("BoundedQueue makes its producer wait and drops nothing", async () => {
  const queue = new BoundedQueue<number>(2);
  const produced: number[] = [];
  const producer = (async () => {
    for (let item = 0; item < 10; item++) {
      await queue.push(item);
      produced.push(item);
    }
    queue.close();
  })();
  await new Promise((resolve) => setImmediate(resolve));
  expect(produced).toEqual([0, 1]);
  const taken: number[] = [];
  for await (const item of queue) taken.push(item);
  await producer;
  expect(taken).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("BoundedQueue wakes waiting producers when it closes and hands the failure to its consumer", async () => {
  const queue = new BoundedQueue<string>(1);
  await queue.push("kept");
  const waiting = queue.push("refused");
  queue.close(new Error("source broke"));
  expect(await waiting).toBe(false);
  expect(await queue.takeAll()).toEqual(["kept"]);
  await expect(queue.takeAll()).rejects.toThrow("source broke");
});

test("KeyedLock runs one at a time per key, in order, past failures", async () => {
  const lock = new KeyedLock();
  const seen: string[] = [];
  const work =
    (name: string, fails = false) =>
    async (): Promise<void> => {
      seen.push(`${name} in`);
      await Promise.resolve();
      seen.push(`${name} out`);
      if (fails) throw new Error(name);
    };
  const outcomes = await Promise.allSettled([
    lock.run("a", work("1", true)),
    lock.run("a", work("2")),
    lock.run("b", work("3")),
  ]);
  expect(outcomes.map((outcome) => outcome.status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
  expect(seen.indexOf("1 out")).toBeLessThan(seen.indexOf("2 in"));
  expect(seen.indexOf("3 in")).toBeLessThan(seen.indexOf("1 out"));
});

test("parsePosition reads both forms and nothing else", () => {
  const position = { topic: "memories", partition: 4, offset: 88_412 };
  expect(parsePosition(formatPosition(position))).toEqual(position);
  expect(parsePosition(formatPositionHeader(position))).toEqual(position);
  for (const text of ["", "memories", "memories/4", "memories/x@1", "memories/4@99999999999999999", "a b/1@2"]) {
    expect(parsePosition(text), text).toBeUndefined();
  }
});

test("parseConfig names every wrong variable and hides secrets", () => {
  const table = {
    port: { variable: "PORT", parse: settingParsers.integer(0, 65_535), fallback: 7_171, text: "Port" },
    password: { variable: "PASSWORD", parse: settingParsers.integer(1, 2), fallback: 1, secret: true, text: "Secret" },
  } as const;
  expect(parseConfig(table, {})).toEqual({ port: 7_171, password: 1 });
  expect(parseConfig(table, { PORT: "80" }).port).toBe(80);
  try {
    parseConfig(table, { PORT: "http", PASSWORD: "hunter2" });
    expect.unreachable();
  } catch (failure) {
    expect(isKaelixError(failure, "config-invalid")).toBe(true);
    expect(String(failure)).toContain(
      'Cannot use PORT: current value is "http", must be a whole number from 0 to 65535',
    );
    expect(String(failure)).not.toContain("hunter2");
  }
});

test("defineErrors carries kind, retry, status, details and cause", () => {
  const errors = defineErrors({ "door-shut": { kind: "busy", retry: true, status: 503, text: "Door is shut" } });
  const cause = new Error("wind");
  const failure = errors("door-shut", { details: { floor: 2 }, cause });
  expect(failure).toMatchObject({ code: "door-shut", kind: "busy", retry: true, status: 503, message: "Door is shut" });
  expect(failure.details).toEqual({ floor: 2 });
  expect(failure.cause).toBe(cause);
});
