/** Clients that stand still in the middle of a request, over real sockets. */
import { connect, type Socket } from "node:net";

import { systemRandom } from "@kaelix/base";
import { makeId } from "@kaelix/model";
import { afterEach, expect, test, vi } from "vitest";

import { gatewayErrors } from "./errors.ts";
import { harness } from "./testing/harness.ts";

const EACH = 50;
const SIGNED_IN = "Authorization: Bearer good-1\r\n";
const ending: (() => unknown)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const end of ending.splice(0)) await end();
});

/** A connection that has sent a text, and how it ended. */
async function sendTo(port: number, text: string): Promise<{ readonly ended: Promise<void>; heard: string }> {
  const socket: Socket = connect(port, "127.0.0.1");
  ending.push(() => socket.destroy());
  const client = {
    heard: "",
    ended: new Promise<void>((resolve) => {
      socket.once("close", () => resolve());
    }),
  };
  socket.on("data", (bytes: Buffer) => {
    client.heard += bytes.toString("latin1");
  });
  socket.on("error", () => undefined);
  await new Promise<void>((written) => {
    socket.write(text, () => written());
  });
  return client;
}

/** Lets time go by, in steps, until something is done. */
async function settled(work: Promise<unknown>, stepMs: number): Promise<void> {
  let isDone = false;
  void work.then(() => (isDone = true));
  await expect
    .poll(async () => {
      await vi.advanceTimersByTimeAsync(stepMs);
      return isDone;
    })
    .toBe(true);
}

function post(path: string, headers: string, body: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}Content-Length: 1000\r\n\r\n${body}`;
}

const JSON_TYPE = "Content-Type: application/json\r\n";
const FORM_TYPE = "Content-Type: multipart/form-data; boundary=b\r\n";
const STANDING = {
  "in its headers": "GET /api/v1/me HTTP/1.1\r\nHost: loc",
  "in a body that nobody may send": post("/api/v1/memories", JSON_TYPE, '{"text":"'),
  "in a body that everybody may send": post("/api/v1/auth/login", JSON_TYPE, '{"phone":"'),
  "in a body of who is signed in": post("/api/v1/memories", SIGNED_IN + JSON_TYPE, '{"text":"'),
  "in an upload that nobody may send": post("/api/v1/imports", FORM_TYPE, "--b\r\n"),
};

test("many clients that stand still hold nobody up, and the gateway closes without them", async () => {
  const { gateway } = harness();
  const { port, url } = await gateway.listen({ host: "127.0.0.1", port: 0 });
  const standing = Object.values(STANDING).flatMap((text) => Array.from({ length: EACH }, () => sendTo(port, text)));
  const clients = await Promise.all(standing);
  const answer = await fetch(`${url}/api/v1/sessions`, { headers: { authorization: "Bearer good-1" } });
  expect(answer.status).toBe(200);
  await answer.body?.cancel();
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  await settled(gateway.close(), 10_000);
  await Promise.all(clients.map(({ ended }) => ended));
});

test.each(Object.entries(STANDING).slice(1))("a client that stands still %s is cut off", async (_where, text) => {
  const { gateway } = harness();
  ending.push(() => gateway.close());
  const { port } = await gateway.listen({ host: "127.0.0.1", port: 0 });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const received = new Promise<void>((resolve) => {
    gateway.fastify.server.once("request", () => setImmediate(resolve));
  });
  const client = await sendTo(port, text);
  await received;
  // Refused at once or waited for: both end with the time that a body may take.
  await settled(client.ended, 60_000);
});

test("an upload of who may send it is waited for longer than that", async () => {
  const { gateway } = harness();
  ending.push(() => gateway.close());
  const { port } = await gateway.listen({ host: "127.0.0.1", port: 0 });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const head = '--b\r\nContent-Disposition: form-data; name="other"\r\n\r\n';
  const rest = "x\r\n--b--\r\n";
  const headers = `${SIGNED_IN}${FORM_TYPE}Connection: close\r\n`;
  const socket = connect(port, "127.0.0.1");
  const received = new Promise<void>((resolve) => {
    gateway.fastify.server.once("request", () => setImmediate(resolve));
  });
  let heard = "";
  socket.on("data", (bytes: Buffer) => {
    heard += bytes.toString("latin1");
  });
  const length = `Content-Length: ${head.length + rest.length}\r\n`;
  socket.write(`POST /api/v1/imports HTTP/1.1\r\nHost: localhost\r\n${headers}${length}\r\n${head}`);
  await received;
  await vi.advanceTimersByTimeAsync(600_000);
  socket.write(rest);
  await new Promise((ended) => {
    socket.once("close", ended);
  });
  expect(heard).toContain("upload-missing");
});

const REFUSED = {
  "that nobody has room for": () => {
    throw gatewayErrors("storage-full");
  },
  "whose place on the disk is gone": async () => ({ importId: makeId("imp", 1, systemRandom), folder: "/nonexistent" }),
};

test.each(Object.entries(REFUSED))("an upload %s keeps nothing back on its connection", async (_which, makeSpool) => {
  const { application, gateway } = harness();
  ending.push(() => gateway.close());
  Object.assign(application.imports, { makeSpool });
  const { port } = await gateway.listen({ host: "127.0.0.1", port: 0 });
  const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n';
  const body = `${head}${"x".repeat(600_000)}\r\n--b--\r\n`;
  const length = `Content-Length: ${body.length}\r\n`;
  const upload = `POST /api/v1/imports HTTP/1.1\r\nHost: localhost\r\n${SIGNED_IN}${FORM_TYPE}${length}\r\n${body}`;
  const next = `GET /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\n${SIGNED_IN}Connection: close\r\n\r\n`;
  const client = await sendTo(port, upload + next);
  await client.ended;
  expect(client.heard).toMatch(/^HTTP\/1\.1 5\d\d [\s\S]*HTTP\/1\.1 200 /);
});
