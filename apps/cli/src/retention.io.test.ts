import { expect, test } from "vitest";

import { claimedProduct } from "./testing/products-of-tests.ts";

const { owner, run } = await claimedProduct();

test("how long memories are kept is shown, tried, chosen after asking, and reset; one is kept by name", async () => {
  const told = await owner.call("memories.create", { body: { text: "The shed is locked" } });
  const memory = told.data.memory.id;
  expect((await run("retention")).out).toContain("kept\t7 years from when it was told (as the server is set up)");
  const tried = await run("retention", "set", "1m", "--dry-run", "--json");
  expect(JSON.parse(tried.out), tried.err).toMatchObject({ total: 0, sources: [] });
  const unasked = await run("retention", "set", "18m");
  expect(unasked).toMatchObject({ code: 2 });
  expect(unasked.err).toContain("--yes");
  const chosen = await run("retention", "set", "18m", "--source", "whatsapp=2y", "chat=forever", "--yes", "--json");
  expect(JSON.parse(chosen.out), chosen.err).toMatchObject({
    rules: {
      months: 18,
      sources: [
        { source: "whatsapp", months: 24 },
        { source: "chat", months: null },
      ],
    },
    announced: null,
  });
  expect((await run("retention", "show")).out).toContain("from whatsapp\t2 years\nfrom chat\tfor ever\n");
  const kept = await run("retention", "keep", memory, "--json");
  expect(JSON.parse(kept.out)).toEqual([{ id: memory, kept: true, until: null }]);
  expect((await run("retention", "list", "--json=total")).out).toContain("0");
  expect((await run("retention", "unkeep", memory)).out).not.toContain("for ever");
  expect((await run("retention", "reset", "--yes")).out).toContain("as the server is set up");
  for (const wrong of [["7"], ["0y"], ["7y", "--source", "post=1y"], ["7y", "--source", "chat"], ["200y"]])
    expect((await run("retention", "set", ...wrong, "--yes")).code, wrong.join(" ")).toBe(2);
});
