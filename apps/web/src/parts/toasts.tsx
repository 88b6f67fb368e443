import { type ReactNode, useEffect, useState } from "react";

import { notify } from "../data/actions.ts";
import { api } from "../data/api.ts";
import { daysApi } from "../data/days-api.ts";
import { interfaceSlice, type Toast, type Undo } from "../data/interface.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import { Button } from "./basics.tsx";

const UNDO_MS = 10_000;
const NOTICE_MS = 5_000;

/** Takes back what a notice says, and resolves with the words for what came of it. */
function useUndo(): readonly [(undo: Undo) => Promise<string>, boolean] {
  const [restore, { isLoading: isRestoring }] = api.useRestoreMemoryMutation();
  const [decideRecall, { isLoading: isDeciding }] = api.useDecideRecallMutation();
  const [save, { isLoading: isSaving }] = daysApi.useSaveSearchMutation();
  const undo = async (what: Undo): Promise<string> => {
    switch (what.type) {
      case "forgotten":
        return (await restore(what.memory)).error === undefined
          ? "It is back."
          : "It could not be brought back: it is already gone for good.";
      case "never-recalled":
        return (await decideRecall({ id: what.memory, version: what.version, never: false })).error === undefined
          ? "It may be recalled again."
          : "It could not be undone: it was changed meanwhile. Its page does it.";
      case "search":
        return (await save(what.search)).error === undefined
          ? "It is kept again."
          : "It could not be kept again: search for it and keep it anew.";
    }
  };
  return [undo, isRestoring || isDeciding || isSaving];
}

function Notice({ toast }: { readonly toast: Toast }): ReactNode {
  const dispatch = useAppDispatch();
  const [undo, isUndoing] = useUndo();
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(
      () => dispatch(interfaceSlice.actions.toastGone(toast.id)),
      toast.undo === null ? NOTICE_MS : UNDO_MS,
    );
    return () => clearTimeout(timer);
  }, [dispatch, toast, isHeld]);
  const takeBack = async (what: Undo): Promise<void> => {
    const said = await undo(what);
    dispatch(interfaceSlice.actions.toastGone(toast.id));
    dispatch(notify(said));
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
        <Button look="plain" isDisabled={isUndoing} onPress={() => toast.undo !== null && void takeBack(toast.undo)}>
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
