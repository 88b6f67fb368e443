import type { ReactNode } from "react";

import { formatTime } from "../core/format.ts";
import { wordsOf } from "../core/levels.ts";
import { interfaceSlice } from "../data/interface.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import { Button } from "./basics.tsx";
import { Icon } from "./icon.tsx";
import { Pips } from "./level.tsx";

/** The lock in the header: how far this session is open, and until when. */
export function LockButton(): ReactNode {
  const dispatch = useAppDispatch();
  const user = useAppSelector((state) => state.session.user);
  if (user === null) return null;
  const words = wordsOf(user.open_up_to);
  const until = user.open_until === null ? "" : ` until ${formatTime(user.open_until)}`;
  return (
    <Button
      look="plain"
      className="gap-2 px-3 text-13"
      aria-label={`Open up to ${words.label}${until}. Change`}
      onPress={() => dispatch(interfaceSlice.actions.overlayChanged("unlock"))}
    >
      <Icon name={user.open_until === null ? "lock" : "unlock"} className="size-4" />
      <span className="hidden sm:inline md:inline">Open up to</span>
      <Pips level={user.open_up_to} />
      {user.open_until !== null && (
        <span aria-hidden="true" className="text-muted">
          {formatTime(user.open_until)}
        </span>
      )}
    </Button>
  );
}
