import { useEffect } from "react";

import { flushOutbox, lock, openingChanged } from "../data/actions.ts";
import { client, probeServer } from "../data/connection.ts";
import { followServer } from "../data/live.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import { hasUnsent } from "../data/thread.ts";

const RETRY_MS = 4_000;
const PROBE_MS = 2_000;
const IDLE_LOCK_MS = 5 * 60_000;

/** What runs beside every page: live events, the outbox, the fall back of a raised level. */
export function useKeeping(): void {
  const dispatch = useAppDispatch();
  const isReached = useAppSelector((state) => state.interface.online);
  const waits = useAppSelector((state) => state.thread.sayings.some((saying) => saying.state === "waiting"));
  const unsent = useAppSelector((state) => hasUnsent(state.thread));
  const openUntil = useAppSelector((state) => state.session.user?.open_until ?? null);

  useEffect(() => {
    const live = followServer(dispatch);
    return () => live.stop();
  }, [dispatch]);

  useEffect(() => {
    // The machine's own network comes and goes; whether that takes the server along, only the server can say.
    const probe = (): void => void probeServer();
    globalThis.addEventListener("online", probe);
    globalThis.addEventListener("offline", probe);
    return () => {
      globalThis.removeEventListener("online", probe);
      globalThis.removeEventListener("offline", probe);
    };
  }, []);

  useEffect(() => {
    if (isReached) return;
    const timer = setInterval(() => void probeServer(), PROBE_MS);
    return () => clearInterval(timer);
  }, [isReached]);

  useEffect(() => {
    if (!waits) return;
    const timer = setInterval(() => void dispatch(flushOutbox()), RETRY_MS);
    return () => clearInterval(timer);
  }, [waits, dispatch]);

  useEffect(() => {
    if (!unsent) return;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    globalThis.addEventListener("beforeunload", warn);
    return () => globalThis.removeEventListener("beforeunload", warn);
  }, [unsent]);

  useEffect(() => {
    if (openUntil === null) return;
    const fallBack = async (): Promise<void> => {
      dispatch(openingChanged((await client.call("me.read")).data));
    };
    const left = Math.max(0, Date.parse(openUntil) - Date.now()) + 500;
    const end = setTimeout(() => void fallBack().catch(() => dispatch(lock())), left);
    let idle = setTimeout(() => void dispatch(lock()), IDLE_LOCK_MS);
    const active = (): void => {
      clearTimeout(idle);
      idle = setTimeout(() => void dispatch(lock()), IDLE_LOCK_MS);
    };
    for (const name of ["keydown", "pointerdown"]) globalThis.addEventListener(name, active);
    return () => {
      clearTimeout(end);
      clearTimeout(idle);
      for (const name of ["keydown", "pointerdown"]) globalThis.removeEventListener(name, active);
    };
  }, [openUntil, dispatch]);
}
