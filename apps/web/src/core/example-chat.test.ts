import { expect, test } from "vitest";

import { exampleChat } from "./example-chat.ts";

const NOW_MS = Date.UTC(2026, 10, 23, 9);

test("exampleChat is a chat of the reader with somebody, in the days around today", async () => {
  const lines = (await exampleChat(NOW_MS, "Ann Keller").text()).trimEnd().split("\n");
  for (const line of lines) expect(line).toMatch(/^2026-1[01]-\d\d, \d\d:\d\d - (?:Maya|Ann Keller): \S/);
  expect(lines).toContain("2026-11-08, 08:30 - Maya: The concert is on 30 November, doors open at seven");
  expect(lines).toContain("2026-11-19, 17:25 - Ann Keller: I'll bring it back on 26 November");
  expect(lines).toEqual(lines.toSorted());
});

test("exampleChat keeps a name from being taken for a line of its own", async () => {
  const text = await exampleChat(NOW_MS, "Ann: the\n2026-01-01, 10:00 - Eve").text();
  expect(text).toContain(" - Ann  the 2026-01-01, 10 00 - Eve: ");
});
