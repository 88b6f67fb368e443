import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import type { AppendEvent, InterceptorStatus } from "./contract.ts";
import { Interceptors } from "./interceptors.ts";

const event: AppendEvent = { topic: "t", partition: 0, batch: new Uint8Array([1, 2, 3]), recordCount: 3 };
let folder = "";
let interceptors = new Interceptors();

function moduleOf(name: string, source: string): string {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, source);
  return path;
}

async function until(check: (status: InterceptorStatus) => boolean): Promise<InterceptorStatus> {
  for (let tries = 0; tries < 500; tries += 1) {
    const [status] = interceptors.list();
    if (status !== undefined && check(status)) return status;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`The interceptor never got there: ${JSON.stringify(interceptors.list())}`);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kaelix-interceptors-"));
});
afterEach(async () => {
  await interceptors.close();
  interceptors = new Interceptors();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("An isolated interceptor", () => {
  test("answers from its own process, and again after its module was changed and reloaded", async () => {
    const module = moduleOf(
      "guard",
      `export const interceptor = { onAppend: ({ batch, recordCount }) => ({ reject: batch.length + " " + recordCount }) };`,
    );
    await interceptors.load({ name: "guard", module });
    expect(await interceptors.run("onAppend", event)).toEqual({ reject: "3 3", by: "guard" });
    moduleOf("guard", `export const interceptor = { onAppend: () => ({ batch: new Uint8Array([9]) }) };`);
    await interceptors.reload("guard");
    expect(await interceptors.run("onAppend", event)).toEqual({ batch: new Uint8Array([9]) });
  });

  test("that is stuck is ended, named and replaced; the batch goes on without it", async () => {
    const module = moduleOf(
      "stuck",
      `export const interceptor = { onAppend: ({ topic }) => { while (topic === "t"); } };`,
    );
    await interceptors.load({ name: "stuck", module, timeoutMs: 200 });
    expect(await interceptors.run("onAppend", event)).toBeUndefined();
    const status = await until(({ state }) => state === "running");
    expect(status.fault).toBe("It took longer than 200 ms");
    expect(await interceptors.run("onAppend", { ...event, topic: "other" })).toBeUndefined();
  });

  test("that takes too much memory is ended, named, and given up after three restarts", async () => {
    const module = moduleOf(
      "greedy",
      `const kept = []; export const interceptor = { onAppend: () => { for (;;) kept.push(new Array(1e5).fill(Math.random())); } };`,
    );
    await interceptors.load({ name: "greedy", module, timeoutMs: 20_000, memoryMiB: 20 });
    for (let round = 0; round < 4; round += 1) {
      await until(({ state }) => state === "running");
      await interceptors.run("onAppend", event);
    }
    const status = await until(({ state }) => state === "faulty");
    expect(status.fault).toMatch(/Its process ended/);
    expect(interceptors.run("onAppend", event)).toBeUndefined();
  });

  test("may not read other files, write, start processes or see the environment", async () => {
    writeFileSync(join(folder, "beside.txt"), "beside");
    const module = moduleOf(
      "thief",
      `import { readFileSync, writeFileSync } from "node:fs";
       import { execSync } from "node:child_process";
       const attempt = (what) => { try { what(); return "yes"; } catch (error) { return error.code; } };
       export const interceptor = { onAppend: () => ({ reject: [
         attempt(() => readFileSync("/etc/passwd")),
         attempt(() => writeFileSync(${JSON.stringify(join(folder, "loot"))}, "x")),
         attempt(() => execSync("true")),
         Object.keys(process.env).filter((key) => key !== "NODE_CHANNEL_FD" && key !== "NODE_CHANNEL_SERIALIZATION_MODE").length,
       ].join(" ") }) };`,
    );
    await interceptors.load({ name: "thief", module });
    const denied = "ERR_ACCESS_DENIED";
    expect(await interceptors.run("onAppend", event)).toEqual({
      reject: `${denied} ${denied} ${denied} 0`,
      by: "thief",
    });
  });

  test("that cannot be loaded is refused with the reason", async () => {
    const empty = moduleOf("empty", `export const other = 1;`);
    await expect(interceptors.load({ name: "empty", module: empty })).rejects.toThrow(
      /exports no object named interceptor/,
    );
    const broken = moduleOf("broken", `throw new Error("not today");`);
    await expect(interceptors.load({ name: "broken", module: broken })).rejects.toThrow(/not today/);
    expect(interceptors.list()).toEqual([]);
  });
});
