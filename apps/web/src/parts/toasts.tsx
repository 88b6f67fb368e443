import { type ReactNode, useEffect, useState } from "react";

import { notify } from "../data/actions.ts";
import { api } from "../data/api.ts";
import { interfaceSlice, type Toast, type Undo } from "../data/interface.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import { Button } from "./basics.tsx";

const UNDO_MS = 10_000;
const NOTICE_MS = 5_000;

function Notice({ toast }: { readonly toast: Toast }): ReactNode {
  const dispatch = useAppDispatch();
  const [restore, { isLoading: isRestoring }] = api.useRestoreMemoryMutation();
  const [decideRecall, { isLoading: isDeciding }] = api.useDecideRecallMutation();
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(
      () => dispatch(interfaceSlice.actions.toastGone(toast.id)),
      toast.undo === null ? NOTICE_MS : UNDO_MS,
    );
    return () => clearTimeout(timer);
  }, [dispatch, toast, isHeld]);
  const undo = async ({ memory: id, type, version }: Undo): Promise<void> => {
    const isForgotten = type === "forgotten";
    const { error } = isForgotten ? await restore(id) : await decideRecall({ id, version, never: false });
    dispatch(interfaceSlice.actions.toastGone(toast.id));
    const done = isForgotten ? "It is back." : "It may be recalled again.";
    const failed = isForgotten
      ? "It could not be brought back: it is already gone for good."
      : "It could not be undone: it was changed meanwhile. Its page does it.";
    dispatch(notify(error === undefined ? done : failed));
  };
  return (
    <div
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className="arriving pointer-events-auto flex items-center gap-3 rounded-card border border-line bg-surface py-2 ps-4 pe-2 shadow-overlay"
    >
      <span>{toast.text}</span>
      {toast.undo !== null && (
        <Button
          look="plain"
          isDisabled={isRestoring || isDeciding}
          onPress={() => toast.undo !== null && void undo(toast.undo)}
        >
          Undo
        </Button>
      )}
      <Button
        look="quiet"
        icon="close"
        aria-label="Dismiss"
        onPress={() => dispatch(interfaceSlice.actions.toastGone(toast.id))}
      />
    </div>
  );
}

/** Notices, the newest last; announced when they come. */
export function Toasts(): ReactNode {
  const toasts = useAppSelector((state) => state.interface.toasts);
  return (
    <section
      aria-label="Notices"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-3 bottom-18 z-40 flex flex-col items-center gap-2 md:bottom-6"
    >
      {toasts.map((toast) => (
        <Notice key={toast.id} toast={toast} />
      ))}
    </section>
  );
}
