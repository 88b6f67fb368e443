import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createClient } from "@kaelix/contract";
import { afterAll, beforeAll, expect, test } from "vitest";

import { startService } from "../../../tools/services/table.ts";
import { openHouse } from "./server.ts";

const data = mkdtempSync(join(tmpdir(), "kaelix-on-kafka-"));

beforeAll(async () => {
  const { KAFKA_BOOTSTRAP } = await startService("kafka");
  process.env["KAELIX_LOG"] = `kafka://${KAFKA_BOOTSTRAP}/house-${randomBytes(6).toString("hex")}.`;
  process.env["KAELIX_CLAIM_CODE"] = "TEST-CODE";
});

afterAll(() => {
  delete process.env["KAELIX_LOG"];
  delete process.env["KAELIX_CLAIM_CODE"];
  rmSync(data, { recursive: true, force: true });
});

type House = Awaited<ReturnType<typeof openHouse>>;

function clientOf(house: House, accessToken?: string): ReturnType<typeof createClient> {
  const token = accessToken === undefined ? {} : { accessToken: () => accessToken };
  return createClient({ baseUrl: "http://localhost", fetch: house.fetch, ...token });
}

test("the whole house runs on Apache Kafka by configuration alone, and rises again from the cluster and the key file", async () => {
  let house = await openHouse({ dataDirectory: data });
  const signUp = { phone: "+1234567890", name: "Ann", password: "testpassword", claim_code: "TEST-CODE" };
  const { data: session } = await clientOf(house).call("auth.signUp", { body: signUp });
  const client = clientOf(house, session.access_token);
  const status = await client.call("status.read");
  expect(status.data.engines.log).toMatch(/^Kafka at 127\.0\.0\.1:\d+$/);
  const body = { text: "Mum is allergic to walnuts", external_id: "walnuts" };
  const told = await client.call("memories.create", { body }, { waitSeconds: 10, until: "indexed" });
  const secret = { text: "The safe code is 4711", level: 4 as const };
  const { data: secretTold } = await client.call("memories.create", { body: secret }, { waitSeconds: 10 });
  expect((await client.call("memories.create", { body })).data.status).toBe("known");
  const asked = { body: { question: "what is Mum allergic to?" } };
  expect((await client.call("answers.ask", asked)).data).toMatchObject({ kind: "quoted" });
  expect((await client.call("verifications.run")).data.agree).toBe(true);
  await house.close();

  // Nothing of the record is on this machine: what is left beside the key file may go.
  expect(existsSync(join(data, "log"))).toBe(false);
  for (const name of ["database", "search"]) rmSync(join(data, name), { recursive: true, force: true });
  house = await openHouse({ dataDirectory: data });
  const again = clientOf(house, session.access_token);
  const { data: read } = await again.call("memories.read", { params: { id: told.data.memory.id } });
  expect(read.text).toBe(body.text);
  await again.call("auth.unlock", { body: { password: signUp.password, level: 4 } });
  const { data: secretRead } = await again.call("memories.read", { params: { id: secretTold.memory.id } });
  expect(secretRead.text).toBe(secret.text);
  const { data: audited } = await again.call("audit.list", { query: { action: "memory.read" } });
  expect(audited.data).toMatchObject([{ resource: secretTold.memory.id, level: "ultra-secret", decision: "allow" }]);
  const { data: audit } = await again.call("audit.verify", { body: {} });
  expect(audit).toMatchObject({ whole: true, unsigned: 0 });
  expect(audit.checkpoints).toBeGreaterThanOrEqual(2);
  expect((await again.call("memories.create", { body })).data.status).toBe("known");
  expect((await again.call("answers.ask", asked)).data).toMatchObject({ kind: "quoted" });
  expect((await again.call("verifications.run")).data.agree).toBe(true);
  const logIn = { phone: signUp.phone, password: signUp.password };
  expect((await clientOf(house).call("auth.logIn", { body: logIn })).data.access_token).toBeTypeOf("string");
  await house.close();
});

test("a house without its key file does not make a new key for a cluster that holds memories", async () => {
  const empty = mkdtempSync(join(tmpdir(), "kaelix-on-kafka-"));
  await expect(openHouse({ dataDirectory: empty })).rejects.toMatchObject({ code: expect.stringMatching(/key/) });
  rmSync(empty, { recursive: true, force: true });
});
