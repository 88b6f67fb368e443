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
  const until = user.open_until === null ? undefined : formatTime(user.open_until);
  return (
    <Button
      look="plain"
      className="gap-2 px-3 text-13"
      onPress={() => dispatch(interfaceSlice.actions.overlayChanged("unlock"))}
    >
      <Icon name={until === undefined ? "lock" : "unlock"} className="size-4" />
      <span className="sr-only sm:not-sr-only">Open up to</span>
      <span className="sr-only">
        {words.label}
        {until === undefined ? "" : " until"}
      </span>
      <Pips level={user.open_up_to} />
      {until !== undefined && <span className="text-muted">{until}</span>}
      <span className="sr-only">Change</span>
    </Button>
  );
}
