import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { runCommand } from "./testing/product.ts";
import { claimedProduct } from "./testing/products-of-tests.ts";

const { data, owner, product, run } = await claimedProduct();

async function added(text: string, ...more: readonly string[]): Promise<string> {
  const { out } = await run("add", text, ...more);
  return out.split(" ")[0] ?? "";
}

test("kaelix show prints one memory's words alone on standard output, and what is known of it beside", async () => {
  const id = await added("The boat is called Tilda", "--level", "general");
  const shown = await run("show", id);
  expect(shown).toMatchObject({ code: 0, out: "The boat is called Tilda\n" });
  expect(shown.err).toMatch(/through cli\ngeneral, by you\nversion 1, told \d/);
  const json: { source: string } = JSON.parse((await run("show", id, "--json")).out);
  expect(json).toMatchObject({ id, text: "The boat is called Tilda", level: "general", source: "cli", version: 1 });
  expect(await run("show", "mem_nonsense")).toMatchObject({ code: 3, out: "" });
});

test("kaelix edit writes a new version, keeps the one before, and refuses what was changed meanwhile", async () => {
  const id = await added("The boat is called Tilda", "--level", "general");
  expect(await run("edit", id, "The", "boat", "is", "called", "Matilda")).toMatchObject({
    code: 0,
    out: `${id} 2 general\n`,
  });
  const read = ["edit", id, "-", "--if-version", "1", "--data", data];
  const stale = await runCommand(read, { input: "The boat is sold\n" });
  expect(stale).toMatchObject({ code: 5, out: "" });
  expect((await run("show", id)).out).toBe("The boat is called Matilda\n");
  expect(await runCommand([...read.slice(0, 3), "--data", data], { input: "The boat is sold\n" })).toMatchObject({
    code: 0,
  });
  const versions = await run("show", id, "--versions");
  expect(versions.out.split("\n").map((line) => line.split("\t").at(-1))).toEqual([
    "The boat is sold",
    "The boat is called Matilda",
    "The boat is called Tilda",
    "",
  ]);
  expect(await run("edit", id, "words", "--if-version", "last")).toMatchObject({ code: 2 });
});

test("kaelix move brings a memory to another level, from where it is shown again once that is opened", async () => {
  const id = await added("The boat lies at berth 12", "--level", "general");
  expect(await run("move", id, "nowhere")).toMatchObject({ code: 2 });
  expect(await run("move", id, "secret")).toMatchObject({ code: 0, out: `${id} 2 secret\n` });
  expect(await run("show", id)).toMatchObject({ code: 3 });
  const opened = await run("show", id, "--open", "secret");
  expect(opened).toMatchObject({ code: 0, out: "The boat lies at berth 12\n" });
  const down = await run("move", id, "confidential", "--open", "secret", "--json=level,level_decided_by");
  expect(JSON.parse(down.out)).toEqual({ level: "confidential", level_decided_by: "person" });
});

test("kaelix never-recall keeps a memory that nothing finds, lists it, and has it found again", async () => {
  const id = await added("The anchor is called Ottilie", "--level", "general", "--wait", "indexed");
  const never = await run("never-recall", id);
  expect(never).toMatchObject({ code: 0, out: `${id} never-recalled\n` });
  expect(never.err).toContain(`kaelix never-recall --undo ${id}`);
  expect((await run("search", "Ottilie")).out).toBe("");
  const shown = await run("show", id);
  expect(shown.out).toBe("The anchor is called Ottilie\n");
  expect(shown.err).toContain("Never recalled");
  expect((await run("never-recall", id)).err).toContain("Nothing was changed");
  expect((await run("never-recall")).out).toContain("The anchor is called Ottilie");
  const [kept, ...more]: { id: string }[] = JSON.parse((await run("never-recall", "--json")).out);
  expect([kept, more]).toMatchObject([{ id, never_recalled: true }, []]);
  expect(await run("never-recall", "--undo", id)).toMatchObject({ code: 0, out: `${id} recalled\n` });
  expect((await run("search", "Ottilie")).out).toContain(id);
  expect(await run("never-recall")).toMatchObject({ out: "", err: "Every memory may be recalled\n" });
  expect(await run("never-recall", "--undo")).toMatchObject({ code: 2 });
  expect(await run("never-recall", id, "--if-version", "7")).toMatchObject({ code: 5 });
});

test("an upload that waits is discarded by kaelix import cancel, and is told from an import that has ended", async () => {
  const text = JSON.stringify({ text: "The boat was painted", external_id: "boat-1" });
  const file = { name: "boat.jsonl", data: new Blob([text]) };
  const { data: waiting } = await owner.call("imports.upload", {}, { file });
  const listed = await run("import", "list");
  expect(listed.out).toContain(`${waiting.id}\twaiting`);
  expect(listed.err).toContain(`kaelix import cancel ${waiting.id} and kaelix import run boat.jsonl`);
  const gone = await run("import", "cancel", waiting.id);
  expect(gone.err).toContain("nothing of it was kept");
  expect(await run("import", "list")).toMatchObject({ out: "", err: "Nothing was imported\n" });

  const path = join(data, "boat.jsonl");
  writeFileSync(path, text);
  const [id = ""] = (await run("import", "run", path, "--yes")).out.split(" ");
  expect((await run("import", "cancel", id)).err).toContain("has ended already: done");
});

test("kaelix ask --as-of answers from what happened by the end of that day or before that time alone", async () => {
  await added("Jonas lives in Malmö", "--level", "general", "--at", "2020-03-01", "--wait", "indexed");
  await added("Jonas lives in Bergen", "--level", "general", "--at", "2023-03-01", "--wait", "indexed");
  const asked = (...more: readonly string[]) => run("ask", "Where does Jonas live?", ...more);
  const before = await asked("--as-of", "2021-01-01");
  expect(before.out).toContain("Malmö");
  expect(before.out).not.toContain("Bergen");
  expect((await asked()).out).toContain("Bergen");
  expect((await asked("--as-of", "2019-01-01")).out).toContain("nothing on that");
  expect((await asked("--as-of", "2020-03-01")).out).toContain("Malmö");
  expect((await asked("--as-of", "2020-02-29")).out).toContain("nothing on that");
  for (const wrong of ["soon", "soon 5", "2021-02-29", "keys/0@3"]) {
    const refused = await asked("--as-of", wrong);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain(
      `current value is ${wrong}, must be a day such as 2022-06-01, a time such as 2022-06-01T18:00, or a position of the log such as memories/4@88412`,
    );
  }
});

test("what is listed and empty says so", async () => {
  expect(await run("audit", "list", "--action", "export.run")).toMatchObject({
    out: "",
    err: "There is no such entry\n",
  });
  expect((await run("searches", "list")).err).toContain("No search is named");
});

test("a session of the command line is known by its name", async () => {
  const { data: sessions } = await owner.call("sessions.list");
  expect(sessions.data).toHaveLength(1);
  const options = { environment: { KAELIX_PASSWORD: "testpassword" } };
  const login = ["login", "--phone", "+1234567890", "--server", product.url, "--data", join(data, "elsewhere")];
  expect(await runCommand(login, options)).toMatchObject({ code: 0 });
  const { data: after } = await owner.call("sessions.list");
  expect(after.data.map(({ client }) => client)).toContainEqual(expect.stringMatching(/^kaelix-cli\/[\d.]+ \(.+\)$/));
  expect((await run("sessions", "list")).out).toMatch(/Kaelix command line [\d.]+ on \w+/);
});
