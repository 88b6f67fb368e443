import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { doubtedText } from "@kaelix/intelligence/testing";
import { expect, test } from "vitest";

import { claimedProduct } from "./testing/products-of-tests.ts";

const { data, owner, run } = await claimedProduct();

test("kaelix review lists what waits and takes a word, kaelix lessons what the word taught, kaelix timeline what happened when; as lines and as JSON", async () => {
  const doubted = doubtedText(2);
  const { id } = (await owner.call("memories.create", { body: { text: doubted } })).data.memory;
  const text = doubtedText(1);
  const general = (await owner.call("memories.create", { body: { text } })).data.memory.id;
  const listed = `${id}\tlevel\tconfidential\t${doubted}\n`;
  expect(await run("review", "list", "--quiet")).toMatchObject({ code: 0, out: listed });
  // Nobody sits at this terminal: it lists.
  expect(JSON.parse((await run("review", "--json=id,answers")).out)).toEqual([
    { id, answers: ["accept", "up", "down"] },
  ]);
  expect(await run("review", "list", "--kind", "secrets")).toMatchObject({ code: 2, out: "" });
  expect(await run("review", "refuse", id)).toMatchObject({ code: 5, out: "" });
  const done = await run("review", "up", general, "--json");
  expect(JSON.parse(done.out)).toMatchObject({ kind: "level", memory: { level: "confidential" }, decision: null });
  const both = JSON.parse((await run("review", "accept", id, general, "--json=kind")).out);
  expect(both).toEqual([{ kind: "level" }, { kind: "level" }]);
  expect(await run("review")).toMatchObject({ code: 0, out: "", err: "Nothing waits for your word\n" });
  const body = { text: "The lease ends", occurred_at: "2026-03-14T12:00:00Z", level: 1 } as const;
  const lease = (await owner.call("memories.create", { body })).data.memory.id;
  const months = await run("timeline", "--zone", "UTC", "--quiet");
  expect(months.out).toMatch(/^\d{4}-\d{2}\t2\t▮+\n2026-03\t1\t▮+\n$/);
  expect(JSON.parse((await run("timeline", "2026-03", "--json=key,count")).out)).toEqual([
    { key: "2026-03-14", count: 1 },
  ]);
  const day = await run("timeline", "2026-03-14", "--zone", "UTC", "--quiet");
  expect(day.out).toBe(`12:00\tyou\tThe lease ends\t${lease}\n`);
  expect(await run("timeline", "March")).toMatchObject({ code: 2, out: "" });
  expect(await run("lessons")).toMatchObject({ code: 0, out: expect.stringContaining("general\tconfidential\t1\n") });
  const lines = join(data, "lines.jsonl");
  writeFileSync(lines, `{"id":7,"text":"${text}"}\n{}\n`);
  const mine = await run("classify", lines, "--mine");
  expect(mine).toMatchObject({ code: 8, err: expect.stringContaining("line 2") });
  const reasons = [{ rule: "taught", level: 2, text: "Because you put a memory like this at confidential" }];
  expect(JSON.parse(mine.out)).toMatchObject({ id: 7, level: 2, name: "confidential", reasons });
  expect(JSON.parse((await run("classify", lines)).out)).toMatchObject({ level: 1 });
  expect(await run("lessons", "forget")).toMatchObject({ code: 2, out: "" });
  expect(await run("lessons", "forget", "--yes")).toMatchObject({ code: 0, out: "" });
  expect(JSON.parse((await run("lessons", "--json=total")).out)).toEqual({ total: 0 });
  expect(await run("review", "accept", "wri_AAAAAAAAAAAAAAAAAAAAAA")).toMatchObject({ code: 3 });
});
