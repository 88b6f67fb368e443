import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { claim, type CommandOutcome, runCommand } from "./testing/product.ts";
import { dataFolder, endAfterEach, start } from "./testing/products-of-tests.ts";

endAfterEach();

async function eventually(look: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await look())) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** The words of a command, one after the other. */
function run(words: string, data: string): Promise<CommandOutcome> {
  return runCommand([...words.split(" "), "--data", data]);
}

/** A data directory of three memories, closed in order, one byte of its log flipped. */
async function damagedData(): Promise<string> {
  const data = dataFolder();
  const product = await start(data);
  const client = await claim(product);
  for (const text of ["the shed is green", "the ferry leaves at ten", "the umbrella is blue"])
    await client.call("memories.create", { body: { text, level: "general" } });
  await eventually(async () => (await client.call("status.read")).data.views.every((view) => view.lag_records === 0));
  expect(await product.stop()).toBe(0);
  const topic = join(data, "log", "topics", "memories");
  const segment = readdirSync(topic)
    .map((partition) => join(topic, partition, "00000000000000000000.log"))
    .find((path) => existsSync(path) && statSync(path).size > 0);
  if (segment === undefined) throw new Error("The memories are nowhere");
  const bytes = readFileSync(segment);
  bytes[bytes.length - 20] = (bytes.at(-20) ?? 0) ^ 0xff;
  writeFileSync(segment, bytes);
  return data;
}

test("kaelix tells a damaged log at start, in status, verify and doctor, and never advises to rebuild", async () => {
  const data = await damagedData();
  const doctor = await run("doctor", data);
  expect(doctor.code).toBe(8);
  expect(doctor.out).toMatch(/! log: memories\/\d offsets \d+ to \d+ .*Do not rebuild a view/);

  const verified = await run("verify", data);
  expect(verified.code).toBe(8);
  expect(verified.err).toContain(
    "The log is DAMAGED. Do not rebuild: the views still hold 1 memory that the log has lost",
  );
  expect(verified.err).not.toContain("kaelix rebuild");

  const product = await start(data);
  await eventually(() => product.output().includes("The log has lost records: memories/"));
  const status = await run("status", data);
  expect(status.code).toBe(8);
  expect(status.err).toMatch(/log: memories\/\d offsets/);
  expect(status.err).toContain("The log is DAMAGED. Do not rebuild");

  const refused = await run("rebuild relational", data);
  expect(refused.code).toBe(5);
  expect(refused.err).toContain("the views hold 1 memory that it has not");
  expect(refused.err).toContain("--yes forces it");
  const exported = async (): Promise<number> => (await run("export", data)).out.trimEnd().split("\n").length;
  expect(await exported()).toBe(3);
  expect((await run("rebuild relational --yes", data)).code).toBe(0);
  expect(await exported()).toBe(2);
});

test("kaelix serve refuses a data directory and a port that cannot be used before it prints an address", async () => {
  const data = dataFolder();
  const file = join(data, "file");
  writeFileSync(file, "");
  const refused = await run("serve --port 0", file);
  expect(refused.code).not.toBe(0);
  expect(refused.err).toContain(`Cannot use data directory ${file} (EEXIST)`);
  expect(refused.err).not.toContain("http://");

  for (const port of ["99999", "abc", "-1", "1e3"]) {
    const wrong = await run(`serve --port ${port}`, join(data, "none"));
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain(`Cannot use --port: current value is ${port}, must be a whole number from 0 to 65535`);
  }
  expect((await runCommand(["serve", "--data", data, "--port", ""])).code).toBe(2);
  expect(existsSync(join(data, "none"))).toBe(false);
});

test("kaelix serve names a broken file of the log and leaves it as it is", async () => {
  const data = dataFolder();
  expect(await (await start(data)).stop()).toBe(0);
  const file = join(data, "log", "topics", "memories", "topic.json");
  writeFileSync(file, "{ broken");
  const refused = await run("serve --port 0", data);
  expect(refused.code).toBe(1);
  expect(refused.err).toContain(`Cannot understand ${file}`);
  expect(readFileSync(file, "utf8")).toBe("{ broken");
});

test.skipIf(!existsSync("/proc/self"))(
  "kaelix doctor says where no data directory can be made, and comes back",
  async () => {
    for (const folder of ["/proc/kaelix", "/proc/kaelix/deeper"]) {
      const found = await runCommand(["doctor", "--data", folder], { killAfterMs: 120_000 });
      expect(found.code).toBe(8);
      expect(found.out).toContain(`! data: ${folder} cannot be made in /proc (ENOENT)`);
    }
  },
);

test("kaelix doctor says when the data directory is a file, under a file or a link to nothing", async () => {
  const data = dataFolder();
  writeFileSync(join(data, "file"), "");
  expect((await run("doctor", join(data, "file"))).out).toContain("is not a folder");
  expect((await run("doctor", join(data, "file", "under"))).out).toContain("is not a folder");
  expect(await run("doctor", join(data, "new", "deeper"))).toMatchObject({ code: 0 });
  expect(readdirSync(data)).toEqual(["file"]);
});
