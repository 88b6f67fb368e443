import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { packageClient } from "./package-client.ts";

// Outside of the repository: nothing of its packages can be found from there.
const folder = mkdtempSync(join(tmpdir(), "kaelix-package-"));
const installed = join(folder, "node_modules/@kaelix/client");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PROGRAM = `
import { Kaelix, KaelixProblem, type Answer, type Memory } from "@kaelix/client";
const kaelix = new Kaelix({ baseUrl: "http://localhost:7171", apiKey: "klx_x" });
const answer: Answer = await kaelix.ask("What?", { filter: { level: "general" } });
const levels: ("general" | "confidential" | "secret" | "ultra-secret")[] = answer.citations.map(({ memory }) => memory.level);
for await (const memory of kaelix.memories.list()) { const one: Memory = memory; console.log(one.client?.name, levels); }
const { memory, position } = await kaelix.memories.add("x", { at: new Date() });
const where: string | undefined = position;
await kaelix.memories.update(memory.id, { text: "y", caption: null }).catch((failure: unknown) => failure instanceof KaelixProblem && failure.code);
// @ts-expect-error there is no such level
await kaelix.memories.add("x", { level: "open" });
const hits: number = (await kaelix.search("x", { limit: 3 })).hits.length;
const names: string[] = (await kaelix.people.list({ query: "mum" })).map(({ name }) => name);
const promised: string[] = (await kaelix.day({ zone: "UTC" })).sections.flatMap(({ lines }) => lines.map(({ text }) => text));
const reasons: (string | null)[] = (await kaelix.memories.versions(memory.id)).map(({ reason }) => reason);
console.log(where, hits, names, promised, reasons);
`;

test("the package runs and is typed without any other", () => {
  packageClient(installed);
  expect(JSON.parse(readFileSync(join(installed, "package.json"), "utf8"))).not.toHaveProperty("dependencies");
  const files = readdirSync(installed, { recursive: true, encoding: "utf8" }).filter((name) => /\.(js|ts)$/.test(name));
  for (const name of files) {
    const imports = [...readFileSync(join(installed, name), "utf8").matchAll(/from "([^"]+)"/g)].map(
      ([, from]) => from,
    );
    expect(
      imports.filter((from) => from?.startsWith("./") !== true),
      name,
    ).toEqual([]);
  }
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "program.ts"), PROGRAM);
  mkdirSync(join(folder, "out"));
  const tsc = join(import.meta.dirname, "../node_modules/.bin/tsc");
  const options = [
    "--strict",
    "--exactOptionalPropertyTypes",
    "--noEmit",
    "--target",
    "es2024",
    "--module",
    "nodenext",
  ];
  const run = (): string =>
    execFileSync(tsc, [...options, "--lib", "es2024,dom,dom.iterable", "program.ts"], {
      cwd: folder,
      encoding: "utf8",
    });
  expect(run()).toBe("");
  const script =
    'import { Kaelix } from "@kaelix/client"; console.log(typeof new Kaelix({ baseUrl: "x", apiKey: "y" }).memories.add)';
  const printed = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(printed).toBe("function\n");
});
