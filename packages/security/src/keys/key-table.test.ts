import { seededRandom } from "@kaelix/base";
import { idFromBytes, LEVELS, type MemoryId } from "@kaelix/model";
import { expect, test } from "vitest";

import { KeyTable, type TableEntry } from "./key-table.ts";
import { WRAPPED_BYTES } from "./wrapping.ts";

test("KeyTable answers like a Map through random sets, replacements and deletions", () => {
  const seed = 52;
  const random = seededRandom(seed);
  const table = new KeyTable();
  const model = new Map<MemoryId, TableEntry>();
  // Half of the ids share their first 12 bytes, as ids made in one millisecond do.
  const ids = Array.from({ length: 3_000 }, (_, at) => {
    const bytes = random.bytes(16);
    if (at % 2 === 0) bytes.fill(7, 0, 12);
    return idFromBytes("mem", bytes);
  });
  for (let step = 0; step < 12_000; step++) {
    const id = ids[random.integer(ids.length)] ?? expect.fail();
    if (random.integer(3) === 0) {
      expect(table.delete(id), `seed ${seed}, step ${step}`).toBe(model.delete(id));
      continue;
    }
    const wrapped = Buffer.alloc(WRAPPED_BYTES, random.integer(256));
    const entry = { owner: step, level: LEVELS[random.integer(4)] ?? 1, keyVersion: random.integer(9), wrapped };
    table.set(id, entry);
    model.set(id, entry);
  }
  expect(table.size).toBe(model.size);
  for (const id of ids) expect(table.get(id), `seed ${seed}`).toEqual(model.get(id));
});

test("KeyTable stays under 110 bytes per memory and uses freed places again", () => {
  const random = seededRandom(53);
  const table = new KeyTable();
  const ids = Array.from({ length: 24_000 }, () => idFromBytes("mem", random.bytes(16)));
  const wrapped = Buffer.alloc(WRAPPED_BYTES);
  for (const id of ids) table.set(id, { owner: 1, level: 2, keyVersion: 1, wrapped });
  expect(table.bytes / table.size).toBeLessThan(110);
  const bytes = table.bytes;
  for (const id of ids) table.delete(id);
  for (const id of ids) table.set(id, { owner: 1, level: 2, keyVersion: 1, wrapped });
  expect([table.bytes, table.size]).toEqual([bytes, ids.length]);
});
