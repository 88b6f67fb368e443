import type { Imports } from "@kaelix/capture";
import type { DigestApplication } from "@kaelix/gateway";
import type { UserId } from "@kaelix/model";
import { makeDigest, type RecallSource } from "@kaelix/recall";

import type { DayDesk } from "./days/desk.ts";
import { ownerOf } from "./imports-application.ts";

/** What digests are made of. */
interface DigestParts {
  readonly recall: RecallSource;
  readonly imports: Pick<Imports, "read">;
  readonly desk: Pick<DayDesk, "judgements">;
  /** Waits until what the person has written is folded. */
  readonly written: (user: UserId) => Promise<void>;
}

/** Digests as the gateway asks for them. Only what is indexed is read: nothing of levels 3 and 4, whatever the session is open to. */
export function digestApplication({ desk, recall, imports, written }: DigestParts): DigestApplication {
  return {
    async make(principal, query) {
      const { userId, ceiling } = principal;
      await written(userId);
      const isForeign =
        query.importId !== undefined && (await imports.read(ownerOf(principal), query.importId)) === undefined;
      if (isForeign) return { type: "unknown-import" };
      return makeDigest(recall, { userId, ceiling, ...query, notUseful: await desk.judgements(userId) });
    },
  };
}
