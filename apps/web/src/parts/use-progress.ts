import { useEffect, useRef } from "react";

import { isUnindexed, tickOf } from "../core/ticks.ts";
import { api } from "../data/api.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import type { WireMemory } from "../data/wire.ts";

const POLL_MS = 1_500;
const POLLS_MAX = 20;

/** Asks again while a shown memory has no second tick and no socket says so: at most POLLS_MAX times for the same memories. */
export function useProgress(memories: readonly WireMemory[]): void {
  const dispatch = useAppDispatch();
  const marks = useAppSelector((state) => state.interface.watermarks);
  const behind = memories
    .filter((memory) => !isUnindexed(memory) && tickOf(memory, marks) !== "searchable")
    .map((memory) => memory.id)
    .join();
  const polls = useRef(0);
  useEffect(() => {
    polls.current = 0;
    if (behind === "") return;
    const timer = setInterval(() => {
      polls.current += 1;
      if (polls.current > POLLS_MAX) clearInterval(timer);
      else dispatch(api.util.invalidateTags(["Memories"]));
    }, POLL_MS);
    return () => clearInterval(timer);
  }, [behind, dispatch]);
}
