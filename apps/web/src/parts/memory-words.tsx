import { lazy, type ReactNode, Suspense } from "react";

import { Words } from "./basics.tsx";

const SealedWords = lazy(async () => ({ default: (await import("./sealed-words.tsx")).SealedWords }));

const UnlockWhenLocked = lazy(async () => ({ default: (await import("./sealed-words.tsx")).UnlockWhenLocked }));

/** Beside something sealed that stands in a link: the way to open it, while it is locked. */
export function SealedUnlock({ memory }: { readonly memory: { readonly sealed?: string | undefined } }): ReactNode {
  if (memory.sealed === undefined) return null;
  return (
    <Suspense>
      <UnlockWhenLocked />
    </Suspense>
  );
}

interface SayingLike {
  readonly id: string;
  readonly version: number;
  readonly text: string;
  readonly sealed?: string | undefined;
}

/** What a memory says; of one that was sealed in a browser, that, or its words once it is open. */
export function MemoryWords({
  memory,
  lengthMax,
  isBare = false,
}: {
  readonly memory: SayingLike;
  readonly lengthMax?: number;
  /** Within a link: no button of its own. */
  readonly isBare?: boolean;
}): ReactNode {
  const { id, sealed, text, version } = memory;
  if (sealed === undefined) return <Words text={text} isLinkless={lengthMax !== undefined} />;
  return (
    <Suspense fallback={<span className="text-muted italic">Sealed by you</span>}>
      <SealedWords at={{ id, version, sealed }} isBare={isBare} {...(lengthMax === undefined ? {} : { lengthMax })} />
    </Suspense>
  );
}
