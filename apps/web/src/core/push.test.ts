import { expect, test } from "vitest";

import { type PushFacts, pushState } from "./push.ts";

const FINE: PushFacts = { isSecure: true, isKnown: true, isTabOfPhone: false, isBlocked: false, isSubscribed: true };

test.each([
  ["on", FINE, true],
  ["off", FINE, false],
  ["off", { ...FINE, isSubscribed: false }, true],
  ["blocked", { ...FINE, isBlocked: true }, true],
  ["unknown", { ...FINE, isKnown: false }, false],
  ["tab", { ...FINE, isKnown: false, isTabOfPhone: true }, false],
  ["insecure", { ...FINE, isSecure: false, isKnown: false, isTabOfPhone: true }, false],
] as const)("pushState is %s for %o, listed: %s", (state, facts, isListed) => {
  expect(pushState(facts, isListed)).toBe(state);
});
