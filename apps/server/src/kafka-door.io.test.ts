import { ManualClock, seededRandom } from "@kaelix/base";
import { openStreamerLog, type StreamerLog } from "@kaelix/log";
import { DEFAULT_TENANT, makeId, parseTenantId, type Role, TOPICS } from "@kaelix/model";
import type { AuditNote, Identity } from "@kaelix/security";
import type { Broker } from "@kaelix/streamer";
import { Kafka, logLevel } from "kafkajs";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { openKafkaDoor } from "./kafka-door.ts";

const clock = new ManualClock();
const random = seededRandom(3);
const directory = mkdtempSync(join(tmpdir(), "kaelix-door-"));
const people: Readonly<Record<string, Role>> = { "+1": "owner", "+2": "member", "+3": "guest", "+4": "owner" };
/** Who belongs to another organisation. */
const APART: ReadonlySet<string> = new Set(["+4"]);
let log: StreamerLog;
let door: Broker;

/** The only thing the door asks of an identity. */
const shut = new Set<string>();
const identity = {
  verify: async ({ password, phone }: { readonly phone: string; readonly password: string }) => {
    const role = people[phone];
    if (role === undefined || password !== "testpassword") return undefined;
    return {
      user: makeId("usr", Number(phone), seededRandom(1)),
      tenant: APART.has(phone) ? parseTenantId("acme") : DEFAULT_TENANT,
      role,
    };
  },
  members: { isSuspended: ({ tenant }: { readonly tenant: string }) => shut.has(tenant) },
} as unknown as Identity;

const notes: AuditNote[] = [];
const audit = { record: async (note: AuditNote) => void notes.push(note) };

function kafka(username: string, password = "testpassword"): Kafka {
  const sasl = { mechanism: "plain", username, password } as const;
  return new Kafka({ brokers: [door.bootstrap()], sasl, logLevel: logLevel.NOTHING, retry: { retries: 0 } });
}

beforeAll(async () => {
  log = await openStreamerLog({ directory });
  for (const topic of Object.values(TOPICS)) await log.createTopic(topic);
  door = await openKafkaDoor({ address: "127.0.0.1:0", log, identity, clock, random, audit, report: () => undefined });
});

afterAll(async () => {
  await door.close();
  await log.close();
  rmSync(directory, { recursive: true, force: true });
});

describe("openKafkaDoor", () => {
  test("a member writes and reads topics of their own, and the house reads the same offsets in process", async () => {
    const producer = kafka("+2").producer({ allowAutoTopicCreation: true });
    await producer.connect();
    await producer.send({ topic: "orders", messages: [{ value: "one" }, { value: "two" }] });
    await producer.disconnect();
    const { records } = await log.read("orders", 0, 0);
    expect(records.map(({ value }) => Buffer.from(value ?? []).toString())).toEqual(["one", "two"]);
  });

  test("the house's own topics are nobody's, not even to know of", async () => {
    for (const phone of ["+1", "+2"]) {
      const admin = kafka(phone).admin();
      await admin.connect();
      const topics = await admin.listTopics();
      for (const { name } of Object.values(TOPICS)) expect(topics).not.toContain(name);
      await expect(admin.deleteTopics({ topics: ["memories"] })).rejects.toThrow();
      await expect(admin.fetchTopicOffsets("memories")).rejects.toThrow();
      await admin.disconnect();
      const producer = kafka(phone).producer();
      await producer.connect();
      await expect(producer.send({ topic: "identity", messages: [{ value: "x" }] })).rejects.toThrow();
      await producer.disconnect();
    }
    expect((await log.topics()).map(({ name }) => name)).toContain("memories");
  });

  test("a member may not administer, an owner may, a guest may nothing", async () => {
    const create = async (phone: string, topic: string): Promise<unknown> => {
      const admin = kafka(phone).admin();
      await admin.connect();
      try {
        return await admin.createTopics({ topics: [{ topic }] });
      } finally {
        await admin.disconnect();
      }
    };
    await create("+2", "members-may");
    await expect(create("+3", "guests-may-not")).rejects.toThrow();
    const member = kafka("+2").admin();
    await member.connect();
    await expect(member.deleteTopics({ topics: ["members-may"] })).rejects.toThrow();
    await member.disconnect();
    const owner = kafka("+1").admin();
    await owner.connect();
    await owner.deleteTopics({ topics: ["members-may"] });
    await owner.disconnect();
  });

  test("an organisation has the names that begin with its own, and nobody else has them", async () => {
    const own = "tenant.acme.orders";
    const producer = kafka("+4").producer({ allowAutoTopicCreation: true });
    await producer.connect();
    await producer.send({ topic: own, messages: [{ value: "one" }] });
    await producer.disconnect();
    for (const topic of ["orders", "mine", "tenant.globex.orders", "tenant.acme", "tenant.acme.", "kaelix.mine"]) {
      const trying = kafka("+4").producer({ retry: { retries: 0 } });
      await trying.connect();
      await expect(trying.send({ topic, messages: [{ value: "x" }] }), topic).rejects.toThrow();
      await trying.disconnect();
    }
    for (const phone of ["+4", "+1", "+2"]) {
      const admin = kafka(phone).admin();
      await admin.connect();
      const isApart = APART.has(phone);
      expect((await admin.listTopics()).includes(own)).toBe(isApart);
      expect((await admin.listTopics()).every((name) => name.startsWith("tenant.acme.") === isApart)).toBe(true);
      await expect(admin.fetchTopicOffsets(isApart ? "orders" : own)).rejects.toThrow();
      await admin.disconnect();
    }
  });

  test("whose organisation is suspended is refused at a connection that was open before", async () => {
    const own = "tenant.acme.before";
    const producer = kafka("+4").producer({ allowAutoTopicCreation: true });
    await producer.connect();
    await producer.send({ topic: own, messages: [{ value: "one" }] });
    shut.add("acme");
    await expect(producer.send({ topic: own, messages: [{ value: "two" }] })).rejects.toThrow();
    shut.clear();
    await producer.send({ topic: own, messages: [{ value: "three" }] });
    await producer.disconnect();
  });

  test("a wrong password opens nothing", async () => {
    await expect(kafka("+2", "wrong").admin().connect()).rejects.toThrow(/password is wrong/);
    await expect(kafka("+9").admin().connect()).rejects.toThrow(/password is wrong/);
  });

  test("who signs in and who is refused is written down, without a number", async () => {
    notes.length = 0;
    const admin = kafka("+2").admin();
    await admin.connect();
    await admin.disconnect();
    await expect(kafka("+2", "wrong").admin().connect()).rejects.toThrow();
    const user = makeId("usr", 2, seededRandom(1));
    expect(notes).toEqual([
      {
        subject: expect.objectContaining({ userId: user }),
        action: "streams.login",
        decision: "allow",
        reason: "done",
      },
      {
        subject: { type: "anonymous", tenantId: DEFAULT_TENANT },
        action: "streams.login",
        decision: "deny",
        reason: "identity-credentials-wrong",
      },
    ]);
  });

  test("other machines are not let in without TLS", async () => {
    const parts = { log, identity, clock, random, audit, report: () => undefined };
    await expect(openKafkaDoor({ ...parts, address: "0.0.0.0:0" })).rejects.toMatchObject({
      code: "kafka-door-invalid",
    });
    await expect(openKafkaDoor({ ...parts, address: "nowhere" })).rejects.toMatchObject({ code: "kafka-door-invalid" });
  });
});
