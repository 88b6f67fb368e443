import type { RetentionRules } from "@kaelix/model";

import type { RetentionApplication } from "../retention-application.ts";

const HOUSE: RetentionRules = { months: 84, sources: [] };

/** Keeps what is chosen; nothing ever reaches its age. */
export function fakeRetention(): RetentionApplication {
  let chosen: RetentionRules | null = null;
  const read: RetentionApplication["read"] = async () => ({
    rules: chosen ?? HOUSE,
    chosenAtMs: chosen === null ? null : 0,
    house: HOUSE,
    announced: undefined,
    next30Days: 0,
    kept: 0,
  });
  return {
    read,
    choose: (principal, rules) => {
      chosen = rules;
      return read(principal);
    },
    preview: async () => ({ onMs: 0, total: 0, sources: [], next30Days: 0 }),
    leaving: async () => ({ total: 0, items: [] }),
    keptOf: async () => undefined,
    keep: async () => undefined,
  };
}
