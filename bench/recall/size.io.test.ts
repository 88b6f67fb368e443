import { expect, test } from "vitest";

import { sizeRows } from "./size.ts";

test("sizeRows measures one person of as many memories as asked, and what comes back from the snapshot", async () => {
  const rows = await sizeRows(300, true);
  expect(rows.map(({ name }) => name)).toContain("search p95 (300 of one person)");
  expect(rows.map(({ name }) => name)).toContain("restart from the snapshot until searchable (300)");
  for (const { value } of rows) expect(value).toBeGreaterThan(0);
});
