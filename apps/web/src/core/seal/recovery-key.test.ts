import { expect, test } from "vitest";

import { VECTOR_KEY } from "../../testing/seal-vectors.ts";
import { holdsWords, rangesOf, wordsOfQuery } from "./find-words.ts";
import { groupsOf, makeRecoveryKey, readRecoveryKey, writeRecoveryKey } from "./recovery-key.ts";

test("a recovery key is read as people write it, and a slip of the pen is told from another key", async () => {
  const known = Uint8Array.from({ length: 20 }, (_, at) => 200 + at);
  expect(await writeRecoveryKey(known)).toBe(VECTOR_KEY.recoveryKey);
  expect(await readRecoveryKey(VECTOR_KEY.recoveryKey)).toEqual({ type: "key", bytes: known });
  const { bytes, text } = await makeRecoveryKey();
  expect(groupsOf(text)).toHaveLength(9);
  const typed = ` ${text.toLowerCase().replaceAll("-", " ").replaceAll("0", "o").replaceAll("1", "l")} `;
  expect(await readRecoveryKey(typed)).toEqual({ type: "key", bytes });
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "-") continue;
    const slip = `${text.slice(0, at)}${text[at] === "Z" ? "Y" : "Z"}${text.slice(at + 1)}`;
    expect((await readRecoveryKey(slip)).type, slip).toBe("slip");
  }
  expect((await readRecoveryKey(text.slice(0, -1))).type).toBe("length");
  expect((await readRecoveryKey(text.replace(/.$/, "U"))).type).toBe("slip");
});

test("words are found without case, accents or order, anywhere in what is said", () => {
  const body = { text: "Der Schlüssel liegt\nunterm Ölfass", caption: "Café" };
  expect(holdsWords(body, wordsOfQuery("OLFASS schlussel"))).toBe(true);
  expect(holdsWords(body, wordsOfQuery("cafe"))).toBe(true);
  expect(holdsWords(body, wordsOfQuery("schlüssel harbour"))).toBe(false);
  expect(holdsWords(body, wordsOfQuery("  "))).toBe(true);
  expect(rangesOf("oak and oaks", ["oak", "and"])).toEqual([
    [0, 3],
    [4, 7],
    [8, 11],
  ]);
  expect(rangesOf("aaa", ["aa", "a"])).toEqual([
    [0, 2],
    [2, 3],
  ]);
});
