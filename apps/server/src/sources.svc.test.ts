import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { encodeText } from "@kaelix/base";
import { createClient } from "@kaelix/contract";
import { type Log, openKafkaLog, parseKafkaUrl } from "@kaelix/log";
import { afterAll, beforeAll, expect, test } from "vitest";

import { startService } from "../../../tools/services/table.ts";
import { openHouse } from "./server.ts";

const data = mkdtempSync(join(tmpdir(), "kaelix-sources-"));
const file = join(data, "sources.json");
const prefix = `foreign-${randomBytes(6).toString("hex")}.`;
const PARTITIONS = 3;
const GOOD = 1_500;
const BAD = 15;
let foreign: Log;

beforeAll(async () => {
  const { KAFKA_BOOTSTRAP } = await startService("kafka");
  const parsed = parseKafkaUrl(`kafka://${KAFKA_BOOTSTRAP}/${prefix}`);
  if (parsed.type === "invalid") throw new Error(parsed.must);
  foreign = await openKafkaLog({ place: parsed.place });
  await foreign.createTopic({ name: "tickets", partitions: PARTITIONS });
  const source = {
    name: "tickets",
    url: `kafka://${KAFKA_BOOTSTRAP}`,
    topics: [`${prefix}tickets`],
    group: `${prefix}kaelix-tickets`,
    fields: { text: "message.body", author: "from", time: "at" },
  };
  writeFileSync(file, JSON.stringify({ sources: [source] }));
  process.env["KAELIX_CLAIM_CODE"] = "TEST-CODE";
});

afterAll(async () => {
  delete process.env["KAELIX_CAPTURE_KAFKA"];
  delete process.env["KAELIX_CLAIM_CODE"];
  await foreign.close();
  rmSync(data, { recursive: true, force: true });
});

async function tellForeign(): Promise<void> {
  const value = (at: number): Uint8Array =>
    at % 101 === 100
      ? encodeText("{")
      : encodeText(
          JSON.stringify({ message: { body: `Ticket ${at}: the lift is stuck` }, from: "Bob", at: 1_767_000_000 }),
        );
  const all = Array.from({ length: GOOD + BAD }, (_, at) => ({ key: null, value: value(at) }));
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    const records = all.filter((_, at) => at % PARTITIONS === partition);
    await foreign.append("tickets", partition, records, { acknowledge: "durable" });
  }
}

const CHILD = `
  import { openHouse } from ${JSON.stringify(new URL("server.ts", import.meta.url).href)};
  const house = await openHouse({ dataDirectory: process.argv[1] });
  const { createClient } = await import(${JSON.stringify(import.meta.resolve("@kaelix/contract"))});
  const client = createClient({ baseUrl: "http://localhost", fetch: house.fetch, accessToken: () => process.argv[2] });
  for (;;) {
    const { data } = await client.call("status.read");
    console.log(data.sources[0].remembered);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
`;

/** Runs a house in its own process until it has remembered so many, then kills it. */
async function runAndKill(token: string, remembered: number): Promise<void> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", CHILD, data, token], {
    env: { ...process.env, KAELIX_CAPTURE_KAFKA: file },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  for await (const line of createInterface({ input: child.stdout })) if (Number(line) >= remembered) break;
  child.kill("SIGKILL");
  await closed;
}

async function committed(): Promise<number> {
  const places = Array.from({ length: PARTITIONS }, (_, partition) =>
    foreign.committed("kaelix-tickets", "tickets", partition),
  );
  return (await Promise.all(places)).reduce<number>((sum, offset) => sum + (offset ?? 0), 0);
}

test("a foreign topic becomes memories, each once, although the server is killed again and again", async () => {
  let house = await openHouse({ dataDirectory: data });
  const signUp = { phone: "+1234567890", name: "Ann", password: "testpassword", claim_code: "TEST-CODE" };
  const bare = createClient({ baseUrl: "http://localhost", fetch: house.fetch });
  const { data: session } = await bare.call("auth.signUp", { body: signUp });
  await house.close();
  await tellForeign();
  await runAndKill(session.access_token, 1);
  await runAndKill(session.access_token, 200);
  expect(await committed()).toBeLessThan(GOOD + BAD);

  process.env["KAELIX_CAPTURE_KAFKA"] = file;
  house = await openHouse({ dataDirectory: data });
  const client = createClient({
    baseUrl: "http://localhost",
    fetch: house.fetch,
    accessToken: () => session.access_token,
  });
  await expect.poll(() => committed()).toBe(GOOD + BAD);
  const { data: outcome } = await client.call("verifications.run");
  expect(outcome.agree).toBe(true);
  expect(outcome.log.memories_live).toBe(GOOD);
  const { data: status } = await client.call("status.read");
  expect(status.sources).toMatchObject([{ name: "tickets", state: "running", problem: null }]);
  const letters = status.log.topics.find(({ name }) => name === "dead-letters")?.records ?? 0;
  expect(letters).toBeGreaterThanOrEqual(BAD);
  const { data: found } = await client.call("searches.run", { body: { query: "Ticket 77 lift" } });
  expect(JSON.stringify(found)).toContain("Ticket 77:");
  await house.close();
});

test("a document that cannot be understood stops the start and says where it is wrong", async () => {
  writeFileSync(file, JSON.stringify({ sources: [{ name: "tickets" }] }));
  process.env["KAELIX_CAPTURE_KAFKA"] = file;
  await expect(openHouse({ dataDirectory: data })).rejects.toThrow(/sources\[0\]\.url must be/);
});
