import { isKaelixError, seededRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import { openedAge, sourceOf } from "../testing/opened-age.ts";
import { checkAge, isAge, openAge, reopenAge, sealAge } from "./age.ts";

const PASSPHRASE = "walnut lantern by the harbour";
const random = seededRandom(7);

async function* parts(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function gather(all: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const found: Uint8Array[] = [];
  for await (const one of all) found.push(one);
  return Buffer.concat(found);
}

const seal = (text: Uint8Array, length = 50_000): Promise<Buffer> =>
  gather(sealAge(parts(text, length), PASSPHRASE, { random, work: 10 }));
const open = (sealed: Uint8Array, passphrase = PASSPHRASE): Promise<Buffer> => openedAge(sealed, passphrase);
const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "opened",
    (error: unknown) => (isKaelixError(error) ? error.code : "thrown"),
  );

test("what was sealed opens, at every length around a piece's", async () => {
  for (const length of [0, 65_535, 65_536, 65_537, 131_072, 200_000]) {
    const text = Buffer.alloc(length, "walnut ");
    const sealed = await seal(text);
    expect(isAge(sealed)).toBe(true);
    expect(sealed.includes("walnut")).toBe(false);
    expect((await open(sealed)).equals(text), String(length)).toBe(true);
  }
});

test("an opened file is read at any place, and again by what its passphrase came to", async () => {
  const text = Buffer.from(random.bytes(150_001));
  const sealed = await seal(text);
  const first = await openAge(sourceOf(sealed), PASSPHRASE);
  const again = reopenAge(sourceOf(sealed), first.key);
  expect([first.bytes, again.bytes]).toEqual([text.length, text.length]);
  const ranges = [
    [0, 1],
    [65_535, 65_537],
    [65_536, 131_072],
    [150_000, 150_001],
    [70_000, 70_000],
    [3, 150_001],
  ] as const;
  for (const [from, to] of ranges) {
    expect((await gather(again.read(from, to))).equals(text.subarray(from, to)), `${from} to ${to}`).toBe(true);
  }
  const changed = Buffer.from(sealed);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  const later = reopenAge(sourceOf(changed), first.key);
  expect((await gather(later.read(0, 65_536))).length, "what was not changed").toBe(65_536);
  expect(await codeOf(gather(later.read(140_000, 150_001)))).toBe("age-damaged");
});

test("opening holds a piece of the file in memory, and asks for each piece once", async () => {
  const sealed = await seal(Buffer.alloc(1_000_000, "walnut "));
  const asked: number[] = [];
  const source = sourceOf(sealed);
  const read: typeof source.read = (at, length) => {
    asked.push(length);
    return source.read(at, length);
  };
  const noted = { bytes: source.bytes, read };
  await openAge(noted, PASSPHRASE);
  expect(Math.max(...asked)).toBe(65_552);
  expect(asked.length).toBe(2 + 16);
});

test(
  "what was cut, changed, repeated or put in another order gives out nothing that it should not",
  { timeout: 120_000 },
  async () => {
    const text = Buffer.alloc(150_000, "walnut ");
    const sealed = await seal(text);
    const body = sealed.length - 150_000 - 3 * 16;
    const piece = (at: number): Buffer => sealed.subarray(body + at * 65_552, body + (at + 1) * 65_552);
    const swapped = Buffer.concat([sealed.subarray(0, body), piece(1), piece(0), piece(2)]);
    const repeated = Buffer.concat([sealed.subarray(0, body), piece(0), piece(0), piece(1), piece(2)]);
    const flipped = Buffer.from(sealed);
    flipped[body + 70_000] = (flipped[body + 70_000] ?? 0) ^ 1;
    for (const wrong of [
      sealed.subarray(0, -1),
      sealed.subarray(0, body + 65_552),
      sealed.subarray(0, body + 2 * 65_552),
      sealed.subarray(0, body - 4),
      Buffer.concat([sealed, Buffer.from("x")]),
      swapped,
      repeated,
      flipped,
    ]) {
      expect(await codeOf(open(wrong))).toBe("age-damaged");
    }
  },
);

test(
  "another passphrase, another kind of file, a changed header and a cost that is too high are refused",
  { timeout: 120_000 },
  async () => {
    const sealed = await seal(Buffer.from("a"));
    expect(await codeOf(open(sealed, "another passphrase"))).toBe("age-passphrase-wrong");
    const header = sealed.toString("latin1");
    const changed = (from: string | RegExp, to: string): Buffer => Buffer.from(header.replace(from, to), "latin1");
    for (const other of [changed("-> scrypt", "-> X25519"), changed(" 10\n", " 19\n"), changed(" 10\n", " 30\n")]) {
      expect(await codeOf(open(other))).toBe("age-unsupported");
      expect(await codeOf(checkAge(sourceOf(other))), "before there is a passphrase").toBe("age-unsupported");
    }
    expect(await codeOf(open(changed(" 10\n", " 11\n")))).toBe("age-passphrase-wrong");
    const mac = /--- (.)/.exec(header)?.[1] ?? "";
    expect(await codeOf(open(changed(/--- ./, mac === "A" ? "--- B" : "--- A")))).toBe("age-damaged");
    expect(await codeOf(open(Buffer.alloc(5_000, "x")))).toBe("age-unsupported");
    expect(isAge(Buffer.from("age-encryption.org/v2\n"))).toBe(false);
  },
);
