import { type ReactNode, useEffect, useState } from "react";

import { notify } from "../data/actions.ts";
import { api } from "../data/api.ts";
import { interfaceSlice, type Toast } from "../data/interface.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import { Button } from "./basics.tsx";

const UNDO_MS = 10_000;
const NOTICE_MS = 5_000;

function Notice({ toast }: { readonly toast: Toast }): ReactNode {
  const dispatch = useAppDispatch();
  const [restore, { isLoading }] = api.useRestoreMemoryMutation();
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(
      () => dispatch(interfaceSlice.actions.toastGone(toast.id)),
      toast.undo === null ? NOTICE_MS : UNDO_MS,
    );
    return () => clearTimeout(timer);
  }, [dispatch, toast, isHeld]);
  const undo = async (id: string): Promise<void> => {
    const result = await restore(id);
    dispatch(interfaceSlice.actions.toastGone(toast.id));
    dispatch(
      notify(result.error === undefined ? "It is back." : "It could not be brought back: it is already gone for good."),
    );
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
        <Button look="plain" isDisabled={isLoading} onPress={() => void undo(toast.undo ?? "")}>
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
