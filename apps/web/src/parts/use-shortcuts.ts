import { useEffect } from "react";
import { useNavigate } from "react-router";

import { type Command, commandOf, type Press } from "../core/shortcuts.ts";
import { lock } from "../data/actions.ts";
import { interfaceSlice } from "../data/interface.ts";
import { store, useAppDispatch, useAppSelector } from "../data/store.ts";

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

function focusSoon(selector: string): void {
  let tries = 0;
  const attempt = (): void => {
    const field = document.querySelector(selector);
    if (field instanceof HTMLElement) field.focus();
    else if ((tries += 1) < 30) requestAnimationFrame(attempt);
  };
  requestAnimationFrame(attempt);
}

/** Ctrl/Cmd+K always; `/`, `?`, `l`, `n` and `g` with a letter unless they are switched off or somebody types. */
export function useShortcuts(): void {
  const dispatch = useAppDispatch();
  const navigate = useNavigate();
  const enabled = useAppSelector((state) => state.interface.shortcuts);

  useEffect(() => {
    let before: Press | undefined;
    const run = (command: Command): void => {
      if (command.type === "go") void navigate(command.to);
      else if (command.type === "search") {
        void navigate("/search");
        focusSoon("[data-search-field]");
      } else if (command.type === "compose") {
        void navigate("/");
        focusSoon("[data-testid=message-input]");
      } else if (command.type === "lock") {
        const isRaised = store.getState().session.user?.open_until !== null;
        if (isRaised) void dispatch(lock());
        else dispatch(interfaceSlice.actions.overlayChanged("unlock"));
      } else dispatch(interfaceSlice.actions.overlayChanged(command.type));
    };
    const pressed = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        dispatch(interfaceSlice.actions.overlayChanged("palette"));
        return;
      }
      const isBusy = event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target);
      if (isBusy || !enabled || document.querySelector("[role=dialog]") !== null) return;
      const press = { key: event.key, atMs: event.timeStamp };
      const command = commandOf(press, before);
      before = press;
      if (command === undefined) return;
      event.preventDefault();
      run(command);
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [dispatch, navigate, enabled]);
}
