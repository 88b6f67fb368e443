/** What the gateway needs for digests. */
import type { LogPosition } from "@kaelix/base";
import type { ImportId, MemoryId, UserPrincipal } from "@kaelix/model";

import type { FoundMemory } from "./application.ts";
import type { Authorship } from "./provider-application.ts";

/** Which digest. */
export interface DigestQuery {
  /** `YYYY-MM-DD`; absent: today. */
  readonly day?: string;
  readonly zone: string;
  readonly importId?: ImportId;
}

/** One line and the memories it stands on. */
interface DigestLine {
  readonly key: string;
  readonly text: string;
  readonly day?: string;
  readonly count?: number;
  readonly evidence: readonly {
    readonly document: FoundMemory;
    readonly range: readonly [number, number];
    readonly position: LogPosition;
  }[];
}

/** A digest as it is shown. */
export interface ShownDigest {
  readonly day: string;
  readonly zone: string;
  readonly memories: number;
  readonly sections: readonly { readonly kind: string; readonly lines: readonly DigestLine[]; readonly more: number }[];
  readonly tookMs: number;
  readonly asOf: LogPosition;
}

/** A day in sentences of an AI provider. None: nobody writes here, or `notWritten` says why; the lines stand without them. */
export interface DayProse extends Authorship {
  readonly sentences: readonly {
    readonly text: string;
    /** Keys of the lines that it stands on. */
    readonly lines: readonly string[];
    /** The memories that these stand on. */
    readonly memories: readonly MemoryId[];
  }[];
}

/** Why there is none. */
export type NoDigest = { readonly type: "unknown-zone" | "no-such-day" | "unknown-import" };

/** Making digests of the principal's own memories. */
export interface DigestApplication {
  make(
    principal: UserPrincipal,
    query: DigestQuery,
  ): Promise<
    /** `writes`: somebody here puts it into sentences when asked to. */
    { readonly type: "digest"; readonly digest: ShownDigest; readonly writes: boolean } | NoDigest
  >;
  /** The same in sentences. Never throws for what a provider does. */
  write(
    principal: UserPrincipal,
    query: DigestQuery,
    signal: AbortSignal,
  ): Promise<{ readonly type: "prose"; readonly day: string; readonly prose: DayProse } | NoDigest>;
}
