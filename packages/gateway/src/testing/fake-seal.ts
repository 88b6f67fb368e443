/** Keys that browsers seal with, in memory. */
import { idFromBytes } from "@kaelix/model";
import type { SealView } from "@kaelix/security";

import type { SealApplication } from "../seal-application.ts";

export function fakeSeal(): SealApplication {
  const known = new Map<string, SealView>();
  const read = async ({ userId, ceiling }: Parameters<SealApplication["read"]>[0]): Promise<SealView> => {
    const view = known.get(userId) ?? { revision: 0, keyId: null, wraps: null };
    return ceiling < 4 ? { ...view, wraps: null } : view;
  };
  return {
    read,
    change: async (principal, { keyId, revision, wraps }) => {
      known.set(principal.userId, { revision: revision + 1, keyId, wraps });
      return read(principal);
    },
    place: async () => idFromBytes("mem", new Uint8Array(16)),
  };
}
