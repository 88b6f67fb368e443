import { expect, test } from "vitest";

import { encodeBase32, findTotpStep, totpCode, totpStep, totpUri } from "./totp.ts";

const SECRET = Buffer.from("12345678901234567890");

test.each([
  [59, "94287082"],
  [1_111_111_109, "07081804"],
  [1_111_111_111, "14050471"],
  [1_234_567_890, "89005924"],
  [2_000_000_000, "69279037"],
  [20_000_000_000, "65353130"],
])("totpCode gives the code of RFC 6238 appendix B at %i s", (seconds, code) => {
  expect(totpCode(SECRET, totpStep(seconds * 1_000), 8)).toBe(code);
});

test.each([
  ["", ""],
  ["f", "MY"],
  ["fo", "MZXQ"],
  ["foo", "MZXW6"],
  ["foob", "MZXW6YQ"],
  ["fooba", "MZXW6YTB"],
  ["foobar", "MZXW6YTBOI"],
])("encodeBase32 writes %j as RFC 4648 §10 does", (text, base32) => {
  expect(encodeBase32(Buffer.from(text))).toBe(base32);
});

test("findTotpStep takes a code of this step and its neighbours, once, and no older one", () => {
  const nowMs = 1_750_000_000_000;
  const now = totpStep(nowMs);
  for (const aside of [-1, 0, 1])
    expect(findTotpStep(SECRET, totpCode(SECRET, now + aside), nowMs, 0)).toBe(now + aside);
  for (const aside of [-3, -2, 2, 3]) {
    expect(findTotpStep(SECRET, totpCode(SECRET, now + aside), nowMs, 0)).toBeUndefined();
  }
  const code = totpCode(SECRET, now);
  expect(findTotpStep(SECRET, `${code.slice(0, 3)} ${code.slice(3)}`, nowMs, now - 1)).toBe(now);
  expect(findTotpStep(SECRET, code, nowMs, now)).toBeUndefined();
  expect(findTotpStep(SECRET, totpCode(SECRET, now - 1), nowMs, now)).toBeUndefined();
  for (const typed of ["", "0", code.slice(1), `${code}0`, "aaaaaa", "\u{1F98A}".repeat(6)]) {
    expect(findTotpStep(SECRET, typed, nowMs, 0)).toBeUndefined();
  }
});

test("totpUri says what authenticator apps read", () => {
  const uri = new URL(totpUri(SECRET, "kaelix", "+1234567890"));
  expect([uri.protocol, uri.host, decodeURIComponent(uri.pathname)]).toEqual([
    "otpauth:",
    "totp",
    "/kaelix:+1234567890",
  ]);
  expect(Object.fromEntries(uri.searchParams)).toEqual({
    secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    issuer: "kaelix",
  });
});
