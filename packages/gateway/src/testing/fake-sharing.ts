/** Sharing in memory: one neighbour, and shares that open nothing. */
import { seededRandom } from "@kaelix/base";
import { makeId } from "@kaelix/model";

import type { Neighbour, SharingApplication, ShareView } from "../sharing-application.ts";
import { fakeErrors } from "./fake-application.ts";

export function fakeSharing(): SharingApplication {
  const random = seededRandom(7);
  const ben: Neighbour = { user: makeId("usr", 2, random), name: "Ben" };
  const shares = new Map<string, ShareView>();
  return {
    neighbours: async () => [ben],
    subjects: async () => [],
    share: async ({ userId }, request) => {
      const { to: _to, startsAtMs = 0, ...rest } = request;
      const from = { user: userId, name: "Ann" };
      const more = {
        grant: makeId("grt", 1, random),
        from,
        to: ben,
        label: null,
        covers: null,
        startsAtMs,
        endedAtMs: null,
      };
      const share: ShareView = { ...rest, ...more, state: "open" };
      shares.set(share.grant, share);
      return share;
    },
    given: async () => [...shares.values()],
    received: async () => [],
    end: async (_principal, grant) => {
      if (!shares.delete(grant)) throw fakeErrors("grant-missing");
    },
  };
}
