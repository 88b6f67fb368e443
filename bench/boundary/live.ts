/** What happens to the victim, and who hears of it: by server-sent events, from now and from any place of the log, and by socket.io. */
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import { io } from "socket.io-client";

import type { Door } from "../proofs/door.ts";
import { fieldOf } from "../proofs/product.ts";
import { type Cast, CANARY } from "./cast.ts";

const SETTLE_MS = 700;
const PARTITIONS_TRIED = 16;

/** Lets everybody follow while the victim tells, edits, moves, forgets and restores. */
export async function sweepLive(
  door: Door,
  cast: Cast,
): Promise<{ readonly faults: readonly string[]; readonly heard: number }> {
  const faults: string[] = [];
  const streams = cast.askers.flatMap(({ name, tokens, isKnown }) => [
    { name: `${name} by SSE`, isKnown, ...follow(door, tokens[0], undefined) },
    { name: `${name} by socket.io`, isKnown, ...followSocket(door, tokens[0]) },
  ]);
  const own = follow(door, cast.victimToken, undefined);
  await sleep(SETTLE_MS);
  const { ids, positions } = await happen(door, cast);
  await sleep(SETTLE_MS);
  const late = cast.askers.flatMap(({ name, tokens, isKnown }) =>
    [...positions, ...Array.from({ length: PARTITIONS_TRIED }, (_, partition) => `memories/${partition}@0`)].map(
      (after) => {
        return { name: `${name} after ${after}`, isKnown, ...follow(door, tokens[0], after) };
      },
    ),
  );
  await sleep(SETTLE_MS);
  for (const { close, isKnown, name, text } of [...streams, ...late]) {
    const heard = text();
    close();
    if (heard.toLowerCase().includes(CANARY)) faults.push(`${name} heard what the victim told`);
    for (const id of [...ids, ...(cast.foreign.get("mem") ?? [])]) {
      if (heard.includes(id)) faults.push(`${name} heard of ${id}`);
    }
    if (!isKnown && heard !== "") faults.push(`${name} heard ${heard.slice(0, 200)}`);
  }
  const events = ids.flatMap((id) => [...own.text().matchAll(new RegExp(id, "g"))]).length;
  own.close();
  if (events === 0) faults.push("The victim heard nothing of their own: the sweep proves nothing");
  return { faults, heard: events };
}

/** Something of every kind happens to the victim. */
async function happen(
  door: Door,
  { victimToken }: Cast,
): Promise<{ readonly ids: string[]; readonly positions: string[] }> {
  const ids: string[] = [];
  const positions: string[] = [];
  for (const level of [1, 2, 3, 4]) {
    const told = await door.askJson(victimToken, "POST", "/api/v1/memories", {
      text: `live ${CANARY} ${level}`,
      level,
    });
    const id = fieldOf(told, "memory", "id");
    ids.push(id);
    positions.push(fieldOf(told, "memory", "position"));
    const path = `/api/v1/memories/${id}`;
    const headers = { authorization: `Bearer ${victimToken}`, "content-type": "application/json" };
    await door.ask({
      method: "PATCH",
      path,
      headers: { ...headers, "if-match": '"1"' },
      body: `{"text":"edited ${CANARY} ${level}"}`,
    });
    await door.ask({ method: "DELETE", path, headers: { authorization: headers.authorization, "if-match": '"2"' } });
    await door.askJson(victimToken, "POST", `${path}/restore`);
  }
  return { ids, positions };
}

interface Following {
  readonly text: () => string;
  readonly close: () => void;
}

/** Bytes of a stream of events; nothing when it is refused. */
export function follow(door: Door, token: string | undefined, after: string | undefined): Following {
  let text = "";
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  if (after !== undefined) headers["last-event-id"] = after;
  const sent = request(new URL("/api/v1/events", door.url), { headers, agent: false }, (response) => {
    response.on("error", () => undefined);
    response.on("data", (chunk: Buffer) => {
      if (response.statusCode === 200) text += chunk.toString();
    });
  });
  sent.on("error", () => undefined);
  sent.end();
  return { text: () => text, close: () => sent.destroy() };
}

function followSocket(door: Door, token: string | undefined): Following {
  let text = "";
  const socket = io(door.url, {
    auth: token === undefined ? {} : { token },
    reconnection: false,
    transports: ["websocket"],
    forceNew: true,
  });
  socket.onAny((...heard: unknown[]) => (text += JSON.stringify(heard)));
  return { text: () => text, close: () => void socket.disconnect() };
}
