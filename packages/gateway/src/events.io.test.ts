import { createHash } from "node:crypto";
import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";

import { seededRandom } from "@kaelix/base";
import { makeId } from "@kaelix/model";
import { expect, test } from "vitest";

import type { LiveEvent } from "./events-application.ts";
import { positionAt } from "./testing/fake-application.ts";
import { type Harness, type HarnessOptions, harness } from "./testing/harness.ts";
import { expectProblem } from "./testing/problem.ts";

interface Stream {
  readonly response: IncomingMessage;
  readonly request: ClientRequest;
  text(): string;
  ids(): string[];
  names(): string[];
  ended(): boolean;
}

async function follow(port: number, headers: Record<string, string> = {}): Promise<Stream> {
  const request = httpRequest({
    port,
    host: "127.0.0.1",
    path: "/api/v1/events",
    headers: { authorization: "Bearer good-1", ...headers },
  });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.on("response", resolve);
    request.on("error", reject);
    request.end();
  });
  request.on("error", () => undefined);
  let text = "";
  let ended = false;
  response.setEncoding("utf8");
  response.on("data", (chunk: string) => (text += chunk));
  response.on("close", () => (ended = true));
  response.on("error", () => undefined);
  const linesOf = (field: string): string[] =>
    [...text.matchAll(new RegExp(`^${field}: (.*)$`, "gm"))].map((match) => match[1] ?? "");
  return {
    response,
    request,
    text: () => text,
    ids: () => linesOf("id"),
    names: () => linesOf("event"),
    ended: () => ended,
  };
}

async function serve(options: HarnessOptions = {}): Promise<Harness & { readonly port: number }> {
  const made = harness(options);
  const { port } = await made.gateway.listen({ host: "127.0.0.1", port: 0 });
  return { ...made, port };
}

function stored(
  made: Harness,
  offset: number,
  options: { readonly user?: number; readonly level?: 1 | 3 | null } = {},
): LiveEvent {
  const { user = 1, level = 1 } = options;
  const memoryId = "mem_01JD8QYB3M6W5T0ZK1E9V7RXSC" as Extract<LiveEvent, { type: "memory.stored" }>["memoryId"];
  return {
    type: "memory.stored",
    userId: made.identity.principal(user).userId,
    memoryId,
    level,
    position: positionAt(offset),
  };
}

const id = (offset: number): string => `memories/0@${offset}`;

test("a person hears within a second what others share with them newly, and what is over", async () => {
  const made = await serve();
  const random = seededRandom(1);
  const [first, second] = [makeId("grt", 1, random), makeId("grt", 2, random)];
  made.application.shared = [first];
  const stream = await follow(made.port);
  made.application.shared = [first, second];
  made.clock.advance(1_000);
  await expect.poll(() => stream.text(), { timeout: 10_000 }).toContain(`"opened":["${second}"],"ended":[]`);
  made.application.shared = [second];
  made.clock.advance(1_000);
  await expect.poll(() => stream.text(), { timeout: 10_000 }).toContain(`"opened":[],"ended":["${first}"]`);
  expect(stream.names()).toEqual(["shares.changed", "shares.changed"]);
  await made.gateway.close();
});

test("a stream has the user's own events at or below the ceiling, in order", async () => {
  const made = await serve();
  const stream = await follow(made.port);
  expect(stream.response.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
  made.application.emit(stored(made, 1));
  made.application.emit(stored(made, 2, { user: 2 }));
  made.application.emit(stored(made, 3, { level: 3 }));
  made.application.emit(stored(made, 4, { level: null }));
  made.application.emit(stored(made, 5));
  await expect.poll(() => stream.ids()).toEqual([id(1), id(5)]);
  expect(stream.text()).toContain('data: {"type":"memory.stored","position":"memories/0@1"');
  await made.gateway.close();
  await expect.poll(() => stream.ended()).toBe(true);
});

test("Last-Event-ID resumes after the event named, nothing twice, nothing left out", async () => {
  const made = await serve();
  for (let offset = 1; offset <= 1_200; offset++) made.application.emit(stored(made, offset));
  const resumed = follow(made.port, { "last-event-id": id(3) });
  for (let offset = 1_201; offset <= 1_300; offset++) made.application.emit(stored(made, offset));
  const stream = await resumed;
  for (let offset = 1_301; offset <= 1_400; offset++) made.application.emit(stored(made, offset));
  const wanted = Array.from({ length: 1_397 }, (_, at) => id(at + 4));
  await expect.poll(() => stream.ids().length).toBe(wanted.length);
  expect(stream.ids()).toEqual(wanted);
  await made.gateway.close();
});

test("what happens while the past is read comes after it, once", async () => {
  const made = await serve();
  for (let offset = 1; offset <= 3; offset++) made.application.emit(stored(made, offset));
  made.application.onReplay = (when) => {
    made.application.onReplay = when === "before" ? made.application.onReplay : undefined;
    made.application.emit(stored(made, when === "before" ? 4 : 5));
  };
  const stream = await follow(made.port, { "last-event-id": id(1) });
  await expect.poll(() => stream.ids().length).toBeGreaterThanOrEqual(4);
  made.application.emit(stored(made, 6));
  await expect.poll(() => stream.ids().at(-1)).toBe(id(6));
  expect(stream.ids()).toEqual([2, 3, 4, 5, 6].map(id));
  await made.gateway.close();
});

test("a Last-Event-ID that is no position is 400", async () => {
  const made = await serve();
  const answer = await made.gateway.fastify.inject({
    url: "/api/v1/events",
    headers: { host: "localhost", authorization: "Bearer good-1", "last-event-id": "yesterday" },
  });
  expectProblem(answer, 400, "header-invalid");
  await made.gateway.close();
});

test("how far an import has come is told and is no place to resume from", async () => {
  const made = await serve();
  const { userId } = made.identity.principal(1);
  const importId = makeId("imp", 1, seededRandom(9));
  const stream = await follow(made.port);
  made.application.emit(stored(made, 7));
  made.application.emit({ type: "import.changed", userId, importId });
  await expect.poll(() => stream.names()).toEqual(["memory.stored", "import.changed"]);
  expect(stream.ids()).toEqual([id(7)]);
  expect(stream.text()).toContain(`data: {"type":"import.changed","import_id":"${importId}"}`);
  await made.gateway.close();
});

test("watermarks come once per view and tick, of the user's own partition, the newest only", async () => {
  const made = await serve();
  const stream = await follow(made.port);
  made.application.emit(stored(made, 1));
  for (let offset = 1; offset <= 500; offset++) {
    made.application.emit({ type: "watermark", view: "search", position: positionAt(offset) });
    made.application.emit({ type: "watermark", view: "search", position: { topic: "memories", partition: 3, offset } });
  }
  await expect.poll(() => stream.names().filter((name) => name === "watermark").length).toBe(1);
  expect(stream.text()).toContain('"view":"search","position":"memories/0@500"');
  expect(stream.ids()).toEqual([id(1)]);
  await made.gateway.close();
});

test("what a session may not hear of does not show in watermarks either", async () => {
  const made = await serve();
  const stream = await follow(made.port);
  made.application.emit(stored(made, 1, { level: 3 }));
  made.application.emit({ type: "watermark", view: "search", position: positionAt(1) });
  made.application.emit(stored(made, 2, { level: 1 }));
  await expect.poll(() => stream.ids()).toEqual([id(2)]);
  const hidden = await follow(made.port);
  made.application.emit(stored(made, 3, { level: 3 }));
  made.application.emit({ type: "watermark", view: "search", position: positionAt(3) });
  await expect.poll(() => stream.names()).toContain("watermark");
  expect(hidden.names()).toEqual([]);
  await made.gateway.close();
});

test("a session that ends, ends its streams; one that is locked again sees less", async () => {
  const made = await serve();
  made.identity.setCeiling(1, 3);
  const stream = await follow(made.port);
  made.application.emit(stored(made, 1, { level: 3 }));
  await expect.poll(() => stream.ids()).toEqual([id(1)]);
  made.identity.setCeiling(1, 2);
  made.clock.advance(2_000);
  // The hub looks at sessions with its next tick.
  await new Promise((resolve) => setTimeout(resolve, 600));
  made.application.emit(stored(made, 2, { level: 3 }));
  made.application.emit(stored(made, 3));
  await expect.poll(() => stream.ids()).toEqual([id(1), id(3)]);
  made.identity.endAll();
  made.clock.advance(2_000);
  await expect.poll(() => stream.ended()).toBe(true);
  expect(stream.text()).toContain(": session-ended");
  await made.gateway.close();
});

test("a key follows below its own level whatever its person has opened, and is let go when it ends", async () => {
  const made = await serve();
  made.identity.setCeiling(1, 3);
  const { tenantId, userId, role } = made.identity.principal(1);
  const keyId = makeId("key", 1, seededRandom(9));
  const key = { type: "agent", tenantId, userId, role, keyId, ceiling: 1, reach: "all" } as const;
  made.identity.admitKey("blind", { ...key, scopes: ["memory.read"] });
  made.identity.admitKey("robot", { ...key, scopes: ["events.follow"] });
  const blind = await follow(made.port, { authorization: "Bearer klx_blind" });
  expect(blind.response.statusCode).toBe(403);
  const stream = await follow(made.port, { authorization: "Bearer klx_robot" });
  made.clock.advance(2_000);
  // The hub looks at keys with its next tick, as at sessions.
  await new Promise((resolve) => setTimeout(resolve, 600));
  made.application.emit(stored(made, 1, { level: 3 }));
  made.application.emit(stored(made, 2));
  await expect.poll(() => stream.ids()).toEqual([id(2)]);
  made.identity.endKey("robot");
  made.clock.advance(2_000);
  await expect.poll(() => stream.ended()).toBe(true);
  expect(stream.text()).toContain(": session-ended");
  await made.gateway.close();
});

test("a program hears of what it may read alone, in order and once, also of what it missed", async () => {
  const made = await serve();
  const { tenantId, userId, role } = made.identity.principal(1);
  const keyId = makeId("key", 1, seededRandom(9));
  const scopes = ["events.follow"] as const;
  made.identity.admitKey("narrow", { type: "agent", tenantId, userId, role, keyId, ceiling: 1, reach: "own", scopes });
  for (let offset = 1; offset <= 6; offset++) made.application.emit(stored(made, offset));
  const headers = { authorization: "Bearer klx_narrow", "last-event-id": id(1) };
  const stream = await follow(made.port, headers);
  for (let offset = 7; offset <= 12; offset++) made.application.emit(stored(made, offset));
  await expect.poll(() => stream.ids()).toEqual([2, 4, 6, 8, 10, 12].map(id));
  await made.gateway.close();
});

test("a reader that does not read is let go", async () => {
  const made = await serve();
  const stream = await follow(made.port);
  await expect.poll(() => stream.text()).toContain(": following");
  stream.response.pause();
  for (let offset = 1; offset <= 150_000 && !stream.ended(); offset++) {
    made.application.emit(stored(made, offset));
    // Let the socket take what it takes.
    if (offset % 5_000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  stream.response.resume();
  await expect.poll(() => stream.ended()).toBe(true);
  expect(stream.ids().length).toBeLessThan(150_000);
  await made.gateway.close();
});

test("streams of one user are bounded, and counted out when they close", async () => {
  const made = await serve({ settings: { streamsPerUserMax: 2 } });
  const first = await follow(made.port);
  await follow(made.port);
  expect((await follow(made.port)).response.statusCode).toBe(429);
  first.request.destroy();
  await expect
    .poll(async () => {
      const next = await follow(made.port);
      if (next.response.statusCode !== 200) next.request.destroy();
      return next.response.statusCode;
    })
    .toBe(200);
  await made.gateway.close();
});

/** Speaks just enough of engine.io 4 and socket.io 5 over a WebSocket to hear events. */
async function openSocket(
  port: number,
  token: string | undefined,
): Promise<{ readonly packets: string[]; readonly closed: () => boolean; close(): void }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
  const packets: string[] = [];
  let closed = false;
  socket.addEventListener("close", () => (closed = true));
  socket.addEventListener("message", (message: MessageEvent<unknown>) => {
    const packet = String(message.data);
    packets.push(packet);
    if (packet.startsWith("0")) socket.send(`40${JSON.stringify(token === undefined ? {} : { token })}`);
    if (packet === "2") socket.send("3");
  });
  await new Promise<void>((resolve) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("close", () => resolve());
  });
  return { packets, closed: () => closed, close: () => socket.close() };
}

test("socket.io gives the same events to a signed-in socket and lets it go when the session ends", async () => {
  const made = await serve();
  const socket = await openSocket(made.port, "good-1");
  await expect.poll(() => socket.packets.some((packet) => packet.startsWith("40"))).toBe(true);
  made.application.emit(stored(made, 7));
  made.application.emit(stored(made, 8, { level: 3 }));
  made.application.emit({ type: "watermark", view: "search", position: positionAt(7) });
  await expect.poll(() => socket.packets.filter((packet) => packet.startsWith("42")).length).toBe(2);
  expect(
    socket.packets.find((packet) => packet.startsWith('42["event",{"id":"memories/0@7","type":"memory.stored"')),
  ).toBeDefined();
  made.identity.endAll();
  made.clock.advance(2_000);
  await expect.poll(() => socket.closed()).toBe(true);
  expect(socket.packets).toContain('42["end",{"why":"session-ended"}]');
  await made.gateway.close();
});

test("socket.io refuses sockets without a good token, with the code to act on", async () => {
  const made = await serve();
  for (const [token, code] of [
    [undefined, "sign-in-required"],
    ["forged", "token-invalid"],
    ["expired-1", "token-expired"],
  ] as const) {
    const socket = await openSocket(made.port, token);
    await expect.poll(() => socket.packets.find((packet) => packet.startsWith("44"))).toContain(code);
    socket.close();
  }
  await made.gateway.close();
});

test("socket.io refuses foreign hosts and pages of other sites", async () => {
  const made = await serve();
  const upgrade = (headers: Record<string, string>): Promise<number | undefined> =>
    new Promise((resolve) => {
      const key = createHash("sha1").update("a").digest().subarray(0, 16).toString("base64");
      const request = httpRequest({
        port: made.port,
        host: "127.0.0.1",
        path: "/socket.io/?EIO=4&transport=websocket",
        headers: {
          connection: "Upgrade",
          upgrade: "websocket",
          "sec-websocket-version": "13",
          "sec-websocket-key": key,
          ...headers,
        },
      });
      request.on("upgrade", (response, socket) => {
        socket.destroy();
        resolve(response.statusCode);
      });
      request.on("response", (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on("error", () => resolve(undefined));
      request.end();
    });
  expect(await upgrade({})).toBe(101);
  expect(await upgrade({ host: "evil.example" })).not.toBe(101);
  expect(await upgrade({ origin: "https://evil.example" })).not.toBe(101);
  await made.gateway.close();
});
