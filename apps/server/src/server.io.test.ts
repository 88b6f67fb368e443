import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createClient } from "@kaelix/contract";
import { findRunningServer, type writeRunFile } from "@kaelix/coordinator";
import { expect, onTestFinished, test, vi } from "vitest";

import { openHouse, startServer } from "./server.ts";
import { importFile } from "./testing/imports.ts";

/** What `/ready` answered while the server was about to say where it listens. */
const readyBefore: number[] = [];

vi.mock("@kaelix/coordinator", async (load) => {
  const real = await load<{ readonly writeRunFile: typeof writeRunFile }>();
  const observed: typeof writeRunFile = async (path, running) => {
    readyBefore.push((await fetch(`${running.url}/ready`)).status);
    await real.writeRunFile(path, running);
  };
  return { ...real, writeRunFile: observed };
});

test("startServer is ready no sooner than a command on its data directory finds it", async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), "kaelix-test-"));
  onTestFinished(() => rmSync(dataDirectory, { recursive: true, force: true, maxRetries: 3 }));
  const server = await startServer({ dataDirectory, host: "127.0.0.1", port: 0 });
  expect(readyBefore).toEqual([503]);
  expect((await fetch(`${server.url}/ready`)).status).toBe(200);
  expect(await findRunningServer(dataDirectory)).toMatchObject({ url: server.url, pid: process.pid });
  expect(await server.close()).toEqual([]);
  expect(await findRunningServer(dataDirectory)).toBeUndefined();
});

test("ids of events are places to resume from, also while a file is imported", async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), "kaelix-test-"));
  onTestFinished(() => rmSync(dataDirectory, { recursive: true, force: true, maxRetries: 3 }));
  vi.stubEnv("KAELIX_CLAIM_CODE", "TEST-CODE");
  onTestFinished(() => void vi.unstubAllEnvs());
  const server = await startServer({ dataDirectory, host: "127.0.0.1", port: 0 });
  const person = { phone: "+1234567890", name: "Ann", password: "testpassword", claim_code: "TEST-CODE" };
  const { data } = await createClient({ baseUrl: server.url }).call("auth.signUp", { body: person });
  const client = createClient({ baseUrl: server.url, accessToken: () => data.access_token });
  const headers = { authorization: `Bearer ${data.access_token}` };
  const followed = await fetch(`${server.url}/api/v1/events`, { headers });
  const lines = Array.from({ length: 500 }, (_, at) => JSON.stringify({ id: String(at), text: `Lantern ${at}` }));
  await importFile(client, "lanterns.jsonl", lines.join("\n"));
  expect(await server.close()).toEqual([]);
  const text = await followed.text();
  const ids = Array.from(text.matchAll(/^id: (\S+)@(\d+)$/gm), ([, , offset]) => Number(offset));
  expect(text).toContain("event: import.changed");
  expect(ids).toEqual(ids.toSorted((left, right) => left - right));
  expect(new Set(ids).size).toBe(ids.length);
});

test("startServer says who has the data directory, and prints no address of its own", async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), "kaelix-test-"));
  onTestFinished(() => rmSync(dataDirectory, { recursive: true, force: true, maxRetries: 3 }));
  const told: string[] = [];
  const second = () =>
    startServer({ dataDirectory, host: "127.0.0.1", port: 0, onListening: ({ openUrl }) => told.push(openUrl) });
  const server = await startServer({ dataDirectory, host: "127.0.0.1", port: 0 });
  await expect(second()).rejects.toMatchObject({
    code: "server-running",
    message: expect.stringContaining(`open ${server.url}, or stop it first (process ${process.pid}`),
  });
  expect(told).toEqual([]);
  await server.close();

  const command = await openHouse({ dataDirectory });
  await expect(second()).rejects.toMatchObject({
    code: "data-directory-busy",
    message: expect.stringContaining(dataDirectory),
  });
  await command.close();
});
