import { lazy, type ReactNode, Suspense } from "react";

import { interfaceSlice } from "../data/interface.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import { Loading } from "./basics.tsx";
import { Sheet } from "./dialog.tsx";
import { Palette } from "./palette.tsx";
import { UnlockForm } from "./unlock-form.tsx";

const SealForm = lazy(async () => ({ default: (await import("./seal-form.tsx")).SealForm }));

const KEYS: readonly (readonly [string, string])[] = [
  ["Ctrl K", "Find a place or do something"],
  ["/", "Search"],
  ["n", "Tell something"],
  ["g t", "Today"],
  ["g c", "Chats"],
  ["g s", "Search"],
  ["g l", "Timeline"],
  ["g p", "People"],
  ["g r", "Review"],
  ["g i", "Import"],
  ["g m", "Me and settings"],
  ["g a", "Status of the server"],
  ["l", "Lock, or open further"],
  ["j k", "Next and previous hit"],
  ["↑ ↓", "Next and previous message"],
  ["e m #", "Edit, move, forget a memory"],
  ["Esc", "Back"],
];

function Help(): ReactNode {
  return (
    <div className="p-5">
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-5 gap-y-2">
        {KEYS.map(([keys, words]) => (
          <div key={keys} className="contents">
            <dt>
              {keys.split(" ").map((key) => (
                <kbd key={key} className="me-1">
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-5 text-13 text-muted">
        Single keys can be turned off under Me. One tick: it is on the log. Two ticks: search finds it. The sign beside
        them is its level: circle General, diamond Confidential, padlock Secret, two padlocks Ultra-secret.
      </p>
    </div>
  );
}

/** Whatever lies over the page now. */
export function Overlays(): ReactNode {
  const dispatch = useAppDispatch();
  const overlay = useAppSelector((state) => state.interface.overlay);
  const close = (): void => void dispatch(interfaceSlice.actions.overlayChanged("none"));
  if (overlay === "help") {
    return (
      <Sheet title="Keyboard and signs" onClose={close}>
        <Help />
      </Sheet>
    );
  }
  if (overlay === "unlock") {
    return (
      <Sheet title="How far this session is open" onClose={close}>
        <UnlockForm onDone={close} />
      </Sheet>
    );
  }
  if (overlay === "seal") {
    return (
      <Sheet title="What you sealed" onClose={close}>
        <Suspense fallback={<Loading what="Opening" />}>
          <SealForm onDone={close} />
        </Suspense>
      </Sheet>
    );
  }
  return (
    <Sheet title="Find or do" bare wide onClose={close}>
      <Palette onDone={close} />
    </Sheet>
  );
}
