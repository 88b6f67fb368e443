import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { startProduct, temporaryData } from "./testing/product.ts";

test.skipIf(process.platform !== "linux")("a core dump of the product holds nothing of its memory", async () => {
  const data = temporaryData();
  const product = await startProduct(data.path);
  try {
    expect(Number(readFileSync(`/proc/${product.process.pid}/coredump_filter`, "utf8"))).toBe(0);
  } finally {
    await product.kill();
    data.remove();
  }
});
