/** What the gateway needs for digests. */
import type { LogPosition } from "@kaelix/base";
import type { ImportId, UserPrincipal } from "@kaelix/model";

import type { FoundMemory } from "./application.ts";

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

/** Making digests of the principal's own memories. */
export interface DigestApplication {
  make(
    principal: UserPrincipal,
    query: DigestQuery,
  ): Promise<
    | { readonly type: "digest"; readonly digest: ShownDigest }
    | { readonly type: "unknown-zone" | "no-such-day" | "unknown-import" }
  >;
}
