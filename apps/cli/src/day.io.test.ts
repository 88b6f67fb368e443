import { expect, test } from "vitest";

import { claimedProduct } from "./testing/products-of-tests.ts";

const { owner, run } = await claimedProduct();

test("kaelix day and searches say when the day is told, judge a line, and name, run and forget a search", async () => {
  const before = new Date(Date.now() - 86_400_000).toISOString();
  const body = { text: "I'll send the plumber the cellar key", occurred_at: before, level: 1 };
  await owner.call("memories.create", { body }, { waitSeconds: 10, until: "indexed" });
  expect((await run("day", "settings")).out).toMatch(/^day\tat 07:00, .* \(nothing was chosen\)\n/);
  const set = await run("day", "set", "--hour", "6", "--zone", "Europe/Berlin", "--webhook", "https://h.example/x");
  expect(set).toMatchObject({ code: 0, out: expect.stringMatching(/06:00, Europe\/Berlin[^]*secret\twhsec_/) });
  expect(await run("day", "set", "--hour", "24")).toMatchObject({ code: 2 });
  expect(await run("day", "set", "--webhook", "http://h.example/x")).toMatchObject({ code: 2 });
  expect(await run("day", "test", "mail")).toMatchObject({ code: 1, err: expect.stringContaining("no address") });
  const digest = JSON.parse((await run("digest", "--json")).out);
  const key = digest.sections.find((one: { kind: string }) => one.kind === "promises").lines[0].key;
  const judged = await run("day", "not-useful", key);
  // Never bare: it might begin with a hyphen and be taken for an option.
  expect(judged).toMatchObject({ code: 0, out: expect.stringMatching(/^jud_[\w-]+\n$/) });
  expect((await run("digest")).out).not.toContain("cellar key");
  expect((await run("day", "not-useful")).out).toContain(`promises\t-\t${judged.out.trim()}`);
  expect(await run("day", "useful", judged.out.trim())).toMatchObject({ code: 0 });
  expect(await run("day", "useful", judged.out.trim())).toMatchObject({ code: 3 });
  expect(await run("searches", "save", "Keys", "cellar", "key", "--level", "general")).toMatchObject({ code: 0 });
  expect((await run("searches", "list")).out).toMatch(/^Keys\tcellar key\t.*"level":/);
  expect(await run("searches", "run", "Keys")).toMatchObject({ code: 0, out: expect.stringContaining("plumber") });
  expect(await run("searches", "rename", "Keys", "Cellar key")).toMatchObject({ code: 0 });
  expect(await run("searches", "run", "Keys")).toMatchObject({ code: 3 });
  expect(await run("searches", "remove", "Cellar key")).toMatchObject({ code: 0 });
  expect(await run("searches", "run", "Cellar key")).toMatchObject({ code: 3 });
});
