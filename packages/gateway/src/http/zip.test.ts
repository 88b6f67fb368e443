import { expect, test } from "vitest";

import { zipped } from "./zip.ts";

const PART = Buffer.alloc(65_536, "a");

test("zipped reads on only as it is read, and ends what it reads when its reader goes away", async () => {
  let given = 0;
  let isOver = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        given += 1;
        yield PART;
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      isOver = true;
    }
  }
  async function* entries() {
    yield { name: "a.bin", parts: endless(), compress: false };
  }
  const archive = zipped(entries());
  await archive[Symbol.asyncIterator]().next();
  for (let turn = 0; turn < 1_000; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(given).toBeLessThan(20);
  archive.destroy();
  await expect.poll(() => isOver).toBe(true);
});

test("zipped ends with the error that the bytes of an entry end with", async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield PART;
    throw new Error("the log is closed");
  }
  async function* entries() {
    yield { name: "a.bin", parts: broken(), compress: true };
  }
  await expect(zipped(entries()).toArray()).rejects.toThrow("the log is closed");
});
