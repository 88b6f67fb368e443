/**
 * Follows what happens on the server by socket.io. Without a socket nothing breaks: `useProgress` polls instead.
 * Lists are refetched at most once in REFETCH_MS, however many events come.
 */
import { parsePosition } from "@kaelix/base";
import type { Socket } from "socket.io-client";
import { z } from "zod";

import { sharesChanged } from "./actions.ts";
import { api } from "./api.ts";
import { currentToken, probeServer, renew } from "./connection.ts";
import { interfaceSlice } from "./interface.ts";
import type { Dispatch } from "./store.ts";

const REFETCH_MS = 700;
const STARTING_MS = 2_000;

const eventSchema = z.looseObject({
  type: z.string(),
  view: z.string().optional(),
  position: z.string().optional(),
  memory_id: z.string().optional(),
  import_id: z.string().optional(),
  opened: z.array(z.string()).optional(),
  ended: z.array(z.string()).optional(),
});

type Tag = "Memories" | "Conversations" | "Imports";

/** Starts to follow; `stop` ends it. */
export function followServer(dispatch: Dispatch): { stop(): void } {
  const pending = new Set<Tag>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const refetchSoon = (...tags: readonly Tag[]): void => {
    for (const tag of tags) pending.add(tag);
    timer ??= setTimeout(() => {
      timer = undefined;
      dispatch(api.util.invalidateTags([...pending]));
      pending.clear();
    }, REFETCH_MS);
  };

  const receive = (message: unknown): void => {
    const parsed = eventSchema.safeParse(message);
    if (!parsed.success) return;
    const { ended = [], memory_id: id, opened = [], position: text, type, view } = parsed.data;
    if (type === "watermark") {
      const position = text === undefined ? undefined : parsePosition(text);
      if (view !== undefined && position !== undefined) {
        dispatch(interfaceSlice.actions.watermarkPassed({ view, position }));
      }
    } else if (type === "shares.changed") dispatch(sharesChanged(opened, ended));
    else if (type === "import.changed") refetchSoon("Imports", "Memories", "Conversations");
    else if (type.startsWith("memory.")) {
      if (id !== undefined && type !== "memory.stored") dispatch(api.util.invalidateTags([{ type: "Memory", id }]));
      refetchSoon("Memories", "Conversations");
    }
  };

  let socket: Socket | undefined;
  let isStopped = false;
  /** Refused by name: an old token is renewed, a starting server is given a moment. Lost connections come back by themselves. */
  const comeAgain = async (why: string): Promise<void> => {
    if (why === "starting") await new Promise((resolve) => setTimeout(resolve, STARTING_MS));
    else if (!why.startsWith("token-") || !(await renew())) return;
    if (!isStopped) socket?.connect();
  };
  const connect = async (): Promise<void> => {
    const { io } = await import("socket.io-client");
    if (isStopped) return;
    socket = io({ path: "/socket.io", auth: (give) => give({ token: currentToken() }), reconnectionDelayMax: 5_000 });
    socket.on("event", receive);
    // A lost socket is the first sign that the server went away, on a page that asks for nothing.
    socket.on("disconnect", (why) => void (why === "io client disconnect" ? undefined : probeServer()));
    socket.on("connect_error", (error) => void comeAgain(error.message));
  };
  connect().catch(() => {
    // Without the socket's code the lists poll.
  });
  return {
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
      socket?.disconnect();
    },
  };
}
