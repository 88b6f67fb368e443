import { expect, test } from "vitest";

import { passkeyFailure, passkeyTrouble } from "./passkey-words.ts";

test.each([
  ["127.0.0.1", true, /opened by a number/],
  ["[::1]", true, /opened by a number/],
  ["192.168.0.7", false, /opened by a number/],
  ["home.lan", false, /over https/],
  ["localhost", true, null],
  ["kaelix.example", true, null],
])("passkeyTrouble at %s", (hostname, isSecure, words) => {
  const told = passkeyTrouble({ hostname, isSecure, isKnown: true });
  if (words === null) expect(told).toBeNull();
  else expect(told).toMatch(words);
});

test("passkeyFailure tells a closed question from a refused passkey", () => {
  const problem = { status: 403, code: "passkey-wrong", detail: "", traceId: null, fields: [], retryAfter: null };
  expect(passkeyFailure(problem, "NotAllowedError")).toMatch(/closed/);
  expect(passkeyFailure(problem, null)).toMatch(/not accepted/);
  expect(passkeyFailure({ ...problem, code: "passkey-copied" }, null)).toMatch(/copy/);
});
