/** What was sealed in this browser: that it is, a way to open it, and its words once it is open. */
import { type ReactNode, useEffect, useSyncExternalStore } from "react";

import { excerptOf } from "../core/text-parts.ts";
import type { OpenedBody } from "../core/seal/memory-body.ts";
import { interfaceSlice } from "../data/interface.ts";
import { bodyOf, followSeal, openKeyNow } from "../data/own-seal.ts";
import { nameOf, openAt, type SealedAt } from "../data/sealing.ts";
import { useAppDispatch } from "../data/store.ts";
import { Button, Words } from "./basics.tsx";
import { LevelGlyph } from "./level.tsx";

/** What a body came to: locked, being opened, or opened or refused. */
type Reading = "locked" | "opening" | OpenedBody;

/** True while the person's key is open in this tab. */
export function useSealOpen(): boolean {
  return useSyncExternalStore(followSeal, () => openKeyNow() !== undefined);
}

/** The words of something sealed, as far as the key is open; `at` undefined: it is not sealed. */
export function useReading(at: SealedAt | undefined): Reading | undefined {
  const isOpen = useSealOpen();
  const name = at === undefined ? "" : nameOf(at);
  const body = useSyncExternalStore(followSeal, () => (at === undefined ? undefined : bodyOf(name)));
  useEffect(() => {
    if (at !== undefined && isOpen && body === undefined) void openAt(at);
    // The name holds all of the place.
  }, [name, isOpen, body === undefined]);
  if (at === undefined) return undefined;
  return isOpen ? (body ?? "opening") : "locked";
}

/** Opens the question for the passphrase. */
export function UnlockSealButton(): ReactNode {
  const dispatch = useAppDispatch();
  return (
    <Button
      icon="unlock"
      className="relative z-10 min-h-8 px-2.5 text-13"
      data-testid="seal-unlock"
      onPress={() => dispatch(interfaceSlice.actions.overlayChanged("seal"))}
    >
      Unlock
    </Button>
  );
}

/** The way to open what is sealed, while it is locked. */
export function UnlockWhenLocked(): ReactNode {
  return useSealOpen() ? null : <UnlockSealButton />;
}

interface SealedWordsProps {
  readonly at: SealedAt;
  /** Letters shown at most; absent: all. */
  readonly lengthMax?: number;
  /** Leaves the way to open it out, where another stands beside it. */
  readonly isBare?: boolean;
}

/** The words, or that they are sealed. */
export function SealedWords({ at, lengthMax, isBare = false }: SealedWordsProps): ReactNode {
  const reading = useReading(at);
  if (reading === undefined || reading === "opening") return <span className="text-muted italic">Opening…</span>;
  if (reading === "locked") {
    return (
      <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1 text-muted" data-testid="sealed">
        <LevelGlyph level="ultra-secret" />
        <span className="italic">Sealed by you</span>
        {!isBare && <UnlockSealButton />}
      </span>
    );
  }
  if (reading.type === "refused") {
    return (
      <span className="text-danger" role="alert" data-testid="sealed-refused">
        This was not sealed for this place with your key, or it is damaged. It is not shown.
      </span>
    );
  }
  const { text } = lengthMax === undefined ? reading.body : excerptOf(reading.body.text, [], lengthMax);
  return (
    <span data-testid="sealed-opened">
      <Words text={text} isLinkless={lengthMax !== undefined} />
    </span>
  );
}
