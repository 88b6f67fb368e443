import type { Imports } from "@kaelix/capture";
import type { DigestApplication } from "@kaelix/gateway";
import type { UserId, UserPrincipal } from "@kaelix/model";
import { type DigestOutcome, makeDigest } from "@kaelix/recall";

import type { DayDesk } from "./days/desk.ts";
import { importFor } from "./imports-application.ts";
import type { ProgramReach } from "./program-reach.ts";
import type { DayWriter } from "./provider/day-writer.ts";

/** What digests are made of. */
interface DigestParts {
  readonly reach: ProgramReach;
  readonly imports: Pick<Imports, "read">;
  readonly desk: Pick<DayDesk, "judgements">;
  /** Waits until what the person has written is folded. */
  readonly written: (user: UserId) => Promise<void>;
  /** Undefined: nobody writes days here. */
  readonly writer: DayWriter | undefined;
}

type Query = Parameters<DigestApplication["make"]>[1];

/** Digests as the gateway asks for them. Only what is indexed is read: nothing of levels 3 and 4, whatever the session is open to. */
export function digestApplication({ desk, imports, reach, writer, written }: DigestParts): DigestApplication {
  const make = async (principal: UserPrincipal, query: Query): Promise<DigestOutcome | { type: "unknown-import" }> => {
    const { userId, ceiling } = principal;
    await written(userId);
    const isForeign =
      query.importId !== undefined && (await importFor(imports, principal, query.importId)) === undefined;
    if (isForeign) return { type: "unknown-import" };
    return makeDigest(reach.source(principal), { userId, ceiling, ...query, notUseful: await desk.judgements(userId) });
  };
  return {
    async make(principal, query) {
      const made = await make(principal, query);
      if (made.type !== "digest") return made;
      return { ...made, writes: made.digest.sections.length > 0 && writer?.writesFor(principal.userId) === true };
    },
    async write(principal, query, signal) {
      const made = await make(principal, query);
      if (made.type !== "digest") return made;
      const { digest } = made;
      const prose = await writer?.write({
        user: principal.userId,
        digest,
        ceiling: principal.ceiling,
        upTo: async (ceiling) => {
          const lower = await make({ ...principal, ceiling }, query);
          return lower.type === "digest" ? lower.digest : undefined;
        },
        isUrgent: true,
        signal,
      });
      return { type: "prose", day: digest.day, prose: prose ?? { sentences: [] } };
    },
  };
}
