import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { findRunningServer, type writeRunFile } from "@kaelix/coordinator";
import { expect, onTestFinished, test, vi } from "vitest";

import { startServer } from "./server.ts";

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
