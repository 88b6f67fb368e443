/**
 * Follows what happens on the server by socket.io. Without a socket nothing breaks: `useProgress` polls instead.
 * Lists are refetched at most once in REFETCH_MS, however many events come.
 */
import { parsePosition } from "@kaelix/base";
import type { Socket } from "socket.io-client";
import { z } from "zod";

import { api } from "./api.ts";
import { currentToken } from "./connection.ts";
import { interfaceSlice } from "./interface.ts";
import type { Dispatch } from "./store.ts";

const REFETCH_MS = 700;

const eventSchema = z.looseObject({
  type: z.string(),
  view: z.string().optional(),
  position: z.string().optional(),
  memory_id: z.string().optional(),
  import_id: z.string().optional(),
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
    const { type, view, position: text, memory_id: id } = parsed.data;
    if (type === "watermark") {
      const position = text === undefined ? undefined : parsePosition(text);
      if (view !== undefined && position !== undefined) {
        dispatch(interfaceSlice.actions.watermarkPassed({ view, position }));
      }
    } else if (type === "import.changed") refetchSoon("Imports", "Memories", "Conversations");
    else if (type.startsWith("memory.")) {
      if (id !== undefined && type !== "memory.stored") dispatch(api.util.invalidateTags([{ type: "Memory", id }]));
      refetchSoon("Memories", "Conversations");
    }
  };

  let socket: Socket | undefined;
  let isStopped = false;
  const connect = async (): Promise<void> => {
    const { io } = await import("socket.io-client");
    if (isStopped) return;
    socket = io({ path: "/socket.io", auth: (give) => give({ token: currentToken() }), reconnectionDelayMax: 30_000 });
    socket.on("event", receive);
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
