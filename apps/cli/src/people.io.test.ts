import { expect, test } from "vitest";

import { claimedProduct } from "./testing/products-of-tests.ts";

const { owner, run } = await claimedProduct();

test("kaelix people and graph show who is spoken of, decide who is who, and take it back", async () => {
  for (const text of [
    "My brother Tom lives in Leeds now",
    "Met Priya for lunch with Tom",
    "Carla from payroll rang",
    "Mum loved the teapot",
  ])
    await owner.call("memories.create", { body: { text, level: 1 } });
  const listed = await run("people", "list", "--json=name,relation,memories");
  expect(JSON.parse(listed.out)).toEqual([
    { name: "Tom", relation: "brother", memories: 2 },
    { name: "Mum", relation: "mother", memories: 1 },
    { name: "Carla", relation: "colleague", memories: 1 },
    { name: "Priya", relation: null, memories: 1 },
  ]);
  const shown = await run("people", "show", "tom");
  expect(shown).toMatchObject({
    code: 0,
    out: expect.stringMatching(/lives in Leeds .*\n.*“My brother Tom lives in Leeds now” mem_/),
  });
  const around = await run("graph", "around", "Tom", "--quiet");
  expect(around).toMatchObject({ code: 0, out: expect.stringMatching(/Tom\tlives in\tLeeds\t/) });
  expect(await run("graph", "around", "Tom", "--nodes", "2")).toMatchObject({
    code: 2,
    err: expect.stringContaining("Cannot draw this graph: it has 3 nodes, must be 2 or fewer"),
  });
  const merged = await run("people", "merge", "Carla", "mum");
  expect(merged).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^dec_\w+\n$/),
    err: expect.stringContaining("one person"),
  });
  expect((await run("people", "list", "mum", "--quiet")).out).toMatch(/^Carla\tMum\tmother\t2\t/);
  expect(await run("people", "undo", merged.out.trim())).toMatchObject({ code: 0, out: "" });
  expect(await run("people", "undo", merged.out.trim())).toMatchObject({ code: 3 });
  const self = await run("people", "self", "Priya");
  expect(self).toMatchObject({ code: 0, err: expect.stringContaining("Priya is you") });
  expect((await run("people", "list", "--json=name")).out).not.toContain("Priya");
  expect(await run("people", "merges")).toMatchObject({ out: expect.stringMatching(/\tself\tPriya\t-\n/) });
  expect(await run("people", "undo", self.out.trim())).toMatchObject({ code: 0, out: "" });
  expect(await run("people", "show", "Bertie")).toMatchObject({ code: 3, out: "" });
  expect(await run("people", "split", "Priya", "Bertie")).toMatchObject({ code: 5 });
});
