import { encodeText } from "@kaelix/base";
import { partitionForKey } from "@kaelix/protocol";
import { describe, expect, test } from "vitest";

import { nameOfKey, StreamName } from "./stream-name.ts";

describe("StreamName", () => {
  test("belongs to the partition its UTF-8 bytes belong to, whatever was loaded before", () => {
    const name = new StreamName();
    for (let length = 1; length <= 255; length += 1) {
      for (const text of ["x".repeat(length), `${"y".repeat(length - 1)}ü`, "日".repeat(Math.ceil(length / 3))]) {
        const key = encodeText(text);
        expect(name.load(text)).toBe(key.length <= 255);
        if (key.length <= 255) expect(name.partition(7)).toBe(partitionForKey(key, 7));
      }
    }
    expect(name.load("")).toBe(false);
    expect(name.load("x".repeat(256))).toBe(false);
  });

  test("is told apart from every other name, also from one that it begins or ends", () => {
    const [one, other] = [new StreamName(), new StreamName()];
    const names = ["a", "a\0", "a\0\0", "ab", "abc", "abcd", "abcde", "abc\0", "ü", "üa", "\uFEFFa"];
    for (const left of names) {
      for (const right of names) {
        one.load("z".repeat(200));
        one.load(left);
        other.load(right);
        const same = one.wordCount === other.wordCount && one.equals(other.words, 0);
        expect(same).toBe(left === right);
        if (left === right) expect(one.hash(5)).toBe(other.hash(5));
      }
    }
  });

  test("is read from a key that is text of 1 to 255 bytes", () => {
    expect(nameOfKey(encodeText("ä"))).toBe("ä");
    expect(nameOfKey(encodeText("\uFEFFa"))).toBe("\uFEFFa");
    for (const key of [null, new Uint8Array(0), new Uint8Array(256), Uint8Array.of(0xff)])
      expect(nameOfKey(key)).toBe(undefined);
  });
});
