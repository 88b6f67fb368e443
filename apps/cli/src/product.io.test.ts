import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { seededRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import { claim, PERSON, runCommand, signIn } from "./testing/product.ts";
import { dataFolder, endAfterEach, start } from "./testing/products-of-tests.ts";

const MAIN = new URL("kaelix.ts", import.meta.url).pathname;

endAfterEach();

async function idsOf(client: Awaited<ReturnType<typeof signIn>>): Promise<Set<string>> {
  const response = await client.open("exports.memories");
  const lines = (await response.text()).trimEnd().split("\n");
  return new Set(lines.filter((line) => line !== "").map((line): string => JSON.parse(line).id));
}

test("kaelix keeps every acknowledged memory through kill -9, and through the loss of its views", async () => {
  const seed = Date.now() % 1_000_000;
  const random = seededRandom(seed);
  const data = dataFolder();
  let product = await start(data);
  let client = await claim(product);
  const acknowledged = new Set<string>();
  for (let round = 0; round < 3; round++) {
    // By what was acknowledged and not by the clock: a busy machine acknowledges little in half a second.
    const killAt = acknowledged.size + 5 + random.integer(60);
    const killAfterMs = random.integer(10);
    let killed: Promise<void> | undefined;
    const kill = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, killAfterMs));
      await product.kill();
    };
    const teller = async (): Promise<void> => {
      for (;;) {
        try {
          const text = `memory ${round} ${random.integer(1e9)}`;
          const { data: told } = await client.call("memories.create", { body: { text, level: "general" } });
          acknowledged.add(told.memory.id);
        } catch (failure) {
          if (killed === undefined) throw failure;
          return;
        }
        if (acknowledged.size >= killAt) killed ??= kill();
      }
    };
    await Promise.all([teller(), teller(), teller(), teller()]);
    await killed;
    product = await start(data);
    client = await signIn(product);
    const kept = await idsOf(client);
    const lost = [...acknowledged].filter((id) => !kept.has(id));
    expect(lost, `seed ${seed}`).toEqual([]);
  }
  expect(acknowledged.size).toBeGreaterThan(10);

  expect(await product.stop()).toBe(0);
  rmSync(join(data, "database"), { recursive: true });
  rmSync(join(data, "search"), { recursive: true, force: true });
  product = await start(data);
  client = await signIn(product);
  const restored = await idsOf(client);
  expect(
    [...acknowledged].filter((id) => !restored.has(id)),
    `seed ${seed}`,
  ).toEqual([]);
  const { data: verified } = await client.call("verifications.run");
  expect(verified.agree).toBe(true);
  expect(verified.log.memories_live).toBe(restored.size);
});

test("kaelix serve takes the next free port and refuses a data directory that is in use", async () => {
  const data = dataFolder();
  const product = await start(data);
  const second = await runCommand(["serve", "--data", data, "--port", "0"]);
  expect(second.code).toBe(5);
  expect(second.err).toContain(`Kaelix runs on ${data} already: open ${product.url}`);
  expect(second.err, "no address that never answers").not.toContain("Open ");

  const port = new URL(product.url).port;
  const other = await start(dataFolder(), { KAELIX_PORT: port });
  expect(other.url).not.toBe(product.url);
});

test("kaelix tells, finds, asks, exports and verifies from the terminal, with and without a server", async () => {
  const data = dataFolder();
  const product = await start(data);
  await claim(product);
  const walk = async (text: string): Promise<void> => {
    const added = await runCommand([
      "add",
      "--data",
      data,
      "--wait",
      "indexed",
      "--level",
      "confidential",
      "--json=status",
      text,
    ]);
    expect(added, added.err).toMatchObject({ code: 0 });
    const asked = await runCommand(["ask", "--data", data, "--json", "what", "is", "Mum", "allergic", "to?"]);
    expect(JSON.parse(asked.out)).toMatchObject({ kind: "quoted" });
    expect(asked.out).toContain("walnuts");
    const found = await runCommand(["search", "--data", data, "--json=text,level", "walnuts"]);
    expect(JSON.parse(found.out)).toEqual([{ text: "Mum is allergic to walnuts", level: "confidential" }]);
    const lines = { input: "And when was that?\n\n" };
    const after = ["--after", "What is Mum allergic to?", "--follow"];
    const followed = await runCommand(["ask", "--data", data, ...after], lines);
    expect(followed).toMatchObject({
      code: 0,
      err: expect.stringContaining("Understood as: When is Mum allergic to?"),
    });
    expect(followed.out).toContain("walnuts");
    expect((await runCommand(["ask", "--data", data])).code).toBe(2);
    const nothing = await runCommand(["ask", "--data", data, "--json", "who", "won", "the", "regatta?"]);
    expect(JSON.parse(nothing.out)).toMatchObject({ kind: "nothing" });
    const told = await runCommand(["ask", "--data", data, "who", "won", "the", "regatta?"]);
    expect(told).toMatchObject({ code: 0, err: expect.stringContaining("What is locked was not looked at") });
    const verified = await runCommand(["verify", "--data", data, "--json"]);
    expect(verified.code, verified.err).toBe(0);
    const status = await runCommand(["status", "--data", data, "--json"]);
    const { views } = JSON.parse(status.out) as { readonly views: readonly { readonly name: string }[] };
    expect(views.map(({ name }) => name)).toEqual(["relational", "search", "world"]);
  };
  await walk("Mum is allergic to walnuts");
  expect((await runCommand(["provider", "test", "--data", data])).err).toContain("KAELIX_AI_URL names one");
  expect((await runCommand(["backup", "create", "--data", data])).err).toContain("KAELIX_BACKUP names one");
  expect(await product.stop()).toBe(0);
  await walk("The bicycle stands in the shed");
  const exported = await runCommand(["export", "--data", data]);
  expect(exported.out.trimEnd().split("\n")).toHaveLength(2);
  expect((await runCommand(["add", "--data", data, "--level", "9", "x"])).code).toBe(2);
  expect((await runCommand(["status", "--server", "http://127.0.0.1:9"])).code).toBe(4);
});

test("kaelix export says up to which level it goes, and not how much is above", async () => {
  const data = dataFolder();
  const client = await claim(await start(data));
  const tell = (text: string, level: "general" | "secret") => client.call("memories.create", { body: { text, level } });
  await tell("The shed is green", "general");
  const whole = await runCommand(["export", "--data", data]);
  expect(whole.err).toContain("1 memory, up to confidential");
  await tell("Where the ring is", "secret");
  const partly = await runCommand(["export", "--data", data]);
  expect(partly.out.trimEnd().split("\n")).toHaveLength(1);
  expect(partly.err, "as before, with a secret above").toBe(whole.err);
  const environment = { KAELIX_PASSWORD: PERSON.password };
  const opened = await runCommand(["export", "--data", data, "--open", "ultra-secret"], { environment });
  expect(opened.out.trimEnd().split("\n")).toHaveLength(2);
  expect(opened.err).not.toContain("up to");
});

test("on a data directory that nobody has signed up on, a command says so and what to do", async () => {
  const told = await runCommand(["add", "x", "--data", dataFolder()]);
  expect(told).toMatchObject({
    code: 4,
    err: expect.stringContaining("Nobody has signed up here yet: start the server"),
  });
});

test("kaelix --help lists every command below what it is for", async () => {
  const { out } = await runCommand(["--help"]);
  const headings = out.split("\n").filter((line) => /^[A-Z].*:$/.test(line));
  expect(headings.slice(0, 3)).toEqual(["Options:", "Begin:", "Tell, find and ask:"]);
  expect(headings, "nothing stands under no heading of its own").not.toContain("Commands:");
});

test("kaelix refuses a data directory that is not there, and makes none", async () => {
  const data = join(dataFolder(), "mistyped");
  for (const words of [["search", "walnuts"], ["status"], ["keys", "list"]]) {
    const told = await runCommand([...words, "--data", data]);
    expect(told).toMatchObject({ code: 3, err: expect.stringContaining(`Cannot find data directory ${data}`) });
  }
  expect(existsSync(data)).toBe(false);
});

test("kaelix serve that is asked to stop before it is ready opens, closes and ends well", async () => {
  const child = spawn(process.execPath, [MAIN, "serve", "--data", dataFolder(), "--port", "0"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let told = "";
  const closed = once(child, "close");
  child.stderr.on("data", (chunk: Buffer) => {
    if (told === "") child.kill("SIGTERM");
    told += chunk.toString();
  });
  expect(await closed).toEqual([0, null]);
  expect(told).toContain("Stopping as soon as it is open");
});

test.runIf(process.platform === "linux")(
  "kaelix serve goes on under its first process id with the C library told to give freed memory back",
  async () => {
    const product = await start(dataFolder());
    const environment = readFileSync(`/proc/${product.process.pid}/environ`, "utf8").split("\0");
    expect(environment).toContain("MALLOC_TRIM_THRESHOLD_=131072");
    expect(product.output()).not.toContain("Warning");
    expect(await product.stop()).toBe(0);
  },
);
