import { expect, test } from "vitest";

import { run } from "./main.ts";

/** What the development worlds reached; only ever raised. */
const FLOORS = { pair_f1: 0.86, entity_f1: 0.91, relation_f1: 0.84 };

test("connections on the development worlds stay as right as they were", async () => {
  const rows = await run({ quick: true, arguments: ["--per-world"] });
  for (const [name, floor] of Object.entries(FLOORS)) {
    expect(rows.find((row) => row.name === name)?.value, name).toBeGreaterThanOrEqual(floor);
  }
});
