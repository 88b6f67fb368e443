/** Erasing in memory: done at once, for whoever asks. */
import type { ErasureState } from "@kaelix/model";
import { parseId } from "@kaelix/model";

import type { ErasureApplication, ErasureView } from "../erasure-application.ts";

export function fakeErasures(): ErasureApplication {
  const known: ErasureView[] = [];
  const of = (user: string): readonly ErasureView[] => known.filter((view) => view.user === user);
  return {
    request: async ({ tenantId: tenant, userId: user }, { memories, what }) => {
      const erasure = parseId("era", "era_01JD8QYB3M6W5T0ZK1E9V7RXSC");
      if (erasure === undefined) throw new Error("The id is well formed");
      const named = memories?.length ?? 0;
      const state: ErasureState = {
        type: "erasure.state",
        v: 3,
        at: 1,
        tenant,
        user,
        erasure,
        state: "done",
        what,
        requested_at: 1,
        due_at: 1,
        named,
        erased: named,
        unreadable_at: 2,
        ranges: [],
        views: [{ name: "search", offset: 4, at: 3 }],
        purge_by: 4,
        purged_at: null,
      };
      const view = { ...state, receipt: "kaelix/erasure\n", publicKey: "key" };
      known.push(view);
      return view;
    },
    list: async ({ userId }) => of(userId),
    read: async ({ userId }, id) => of(userId).find((view) => view.erasure === id),
    undo: async ({ userId }, id) => of(userId).find((view) => view.erasure === id),
  };
}
