import { decodeRecordBatch } from "@kaelix/protocol";
import { expect, test } from "vitest";

import { measureAllocations } from "./allocations.ts";

const options = { turns: 7, requestsPerTurn: 60 };
/** The least an object or a boxed number takes is twelve bytes. What the engine does besides is spread over two thousand records. */
const NOTHING_BYTES = 6;

test("the broker allocates nothing for a record, from Produce over the log to Fetch", async () => {
  const { fetch, produce } = await measureAllocations(options);
  expect(produce).toBeLessThan(NOTHING_BYTES);
  expect(fetch).toBeLessThan(NOTHING_BYTES);
});

test("what looks into every record is seen to allocate", async () => {
  const interceptor = { onAppend: ({ batch }: { readonly batch: Uint8Array }) => void decodeRecordBatch(batch) };
  const { produce } = await measureAllocations({ ...options, interceptor });
  expect(produce).toBeGreaterThan(NOTHING_BYTES * 4);
});
