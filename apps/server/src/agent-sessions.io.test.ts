/** Agents at work at `/mcp` of a real house: what a model reads, over whole sessions. */
import type { Client as ApiClient } from "@kaelix/contract";
import type { Client } from "@modelcontextprotocol/client";
import { assert, expect, test } from "vitest";

import { type AgentAnswer, callTool, connectAgent, problemOfTool } from "./testing/agents.ts";
import { claimed, closeAfterEach, newFolder, open } from "./testing/houses.ts";

closeAfterEach();

const SCOPES = [
  "memory.create",
  "memory.read",
  "memory.list",
  "memory.search",
  "memory.ask",
  "memory.edit",
  "memory.forget",
  "people.read",
  "digest.read",
  "user.read",
];

interface Scene {
  readonly ann: ApiClient;
  /** A new key of hers, and its agent. */
  readonly agent: (
    level?: 1 | 2,
    mode?: "auto" | "legacy",
  ) => Promise<{ readonly key: string; readonly client: Client }>;
  /** An agent by a key. */
  readonly connect: (key: string) => Promise<Client>;
  /** Tells as Ann. The position of what was told. */
  readonly tell: (text: string, level: 1 | 2, day?: string) => Promise<string>;
}

async function scene(): Promise<Scene> {
  const house = await open(newFolder());
  const ann = await claimed(house);
  await ann.call("auth.prove", { body: { password: "testpassword" } });
  return {
    ann,
    connect: (key) => connectAgent(house, key),
    agent: async (level = 2, mode = "auto") => {
      const { key, secret } = (await ann.call("keys.create", { body: { name: "Claude", scopes: SCOPES, level } })).data;
      return { key: key.id, client: await connectAgent(house, secret, { mode }) };
    },
    tell: async (text, level, day) => {
      const body = { text, level, ...(day === undefined ? {} : { occurred_at: `${day}T12:00:00Z` }) };
      const wait = { waitSeconds: 5, until: "indexed" as const };
      return (await ann.call("memories.create", { body }, wait)).data.memory.position;
    },
  };
}

const textsOf = ({ memories }: AgentAnswer): string[] => memories.map(({ text }) => text).toSorted();

test.each(["auto", "legacy"] as const)(
  "an agent looks back to a day, a time and a position, and sees no more then than now (%s)",
  async (mode) => {
    const { agent, tell } = await scene();
    const first = await tell("Jonas lives in Malmö", 1, "2020-03-01");
    await tell("Jonas lives in Bergen", 1, "2023-03-01");
    await tell("Jonas lives in a flat of Edda's", 2, "2020-03-01");
    const { client: rival } = await agent(1, mode);
    await callTool(rival, "remember", { text: "Jonas lives in a rumour", occurred_at: "2020-03-01" });
    const { client } = await agent(1, mode);
    const [malmö, bergen] = ["Jonas lives in Malmö", "Jonas lives in Bergen"];
    const cases = [
      [{}, [bergen, malmö]],
      [{ as_of: "2023-03-01" }, [bergen, malmö]],
      [{ as_of: "2023-02-28" }, [malmö]],
      [{ as_of: "2023-03-01T12:00:00Z" }, [malmö]],
      [{ as_of: "2023-03-01T13:00:01+01:00" }, [bergen, malmö]],
      [{ as_of: "2020-02-29" }, []],
      [{ as_of: first }, [malmö]],
      [{ as_of: first.replace("@", "/") }, [malmö]],
      [{ until: "2023-02-28" }, [malmö]],
      [{ since: "2023-03-01", until: "2023-03-01" }, [bergen]],
    ] as const;
    for (const [given, expected] of cases) {
      const found = await callTool(client, "recall", { query: "Jonas", ...given });
      expect([given, textsOf(found), found["total"]]).toEqual([given, expected, expected.length]);
      const answer = await callTool(client, "ask", { question: "Where does Jonas live?", ...given });
      const cited = answer["citations"] as readonly { readonly memory: { readonly text: string } }[];
      expect([given, cited.map(({ memory }) => memory.text).toSorted()]).toEqual([given, expected]);
    }
    const { errors } = await problemOfTool(client, "recall", { query: "Jonas", as_of: "last summer" });
    expect(errors).toEqual([
      {
        pointer: "/as_of",
        detail:
          "Must be a day such as 2022-06-01, a time such as 2022-06-01T18:00:00Z, or a position such as memories/4@88412",
      },
    ]);
    const elsewhere = first.replace(/\/(\d+)@/, (_all, partition: string) => `/${Number(partition) + 1}@`);
    const wrong = await problemOfTool(client, "ask", { question: "Where does Jonas live?", as_of: elsewhere });
    expect(wrong.code).toBe("position-elsewhere");
  },
);

test("an agent lists people, opens one by name or id, and reads the promises of a day, each with who said it", async () => {
  const { agent, tell } = await scene();
  const today = new Date().toISOString().slice(0, 10);
  await tell("My sister Greta lives in Leeds", 1);
  await tell("I promised Greta to send her the deed by the end of the month", 1, today);
  await tell("Greta plays the cello", 2);
  await tell("Bob is my boss", 1);
  const { client: rival } = await agent(2);
  await callTool(rival, "remember", { text: "I promised Osvaldo to send him the keys of the boat" });
  const { client } = await agent(1);
  const listed = await callTool(client, "people", {});
  expect(listed).toMatchObject({
    more: false,
    people: [
      { name: "Greta", relation: "sister", memories: 2 },
      { name: "Bob", relation: "boss", memories: 1 },
    ],
  });
  expect(await callTool(client, "people", { limit: 1 })).toMatchObject({ more: true, people: [{ name: "Greta" }] });
  expect(await callTool(client, "people", { query: "boss" })).toMatchObject({ people: [{ name: "Bob" }] });
  const [{ id }] = listed["people"] as [{ readonly id: string }];
  const byName = await callTool(client, "connections", { name: "sister" });
  expect(byName).toMatchObject({ person: { id, name: "Greta" } });
  expect(await callTool(client, "connections", { name: id })).toMatchObject({ person: { id, name: "Greta" } });

  const day = await callTool(client, "today", { only: ["promises"] });
  expect(day).toMatchObject({
    type: "day",
    sections: [
      {
        kind: "promises",
        more: 0,
        lines: [
          {
            text: "I promised Greta to send her the deed by the end of the month",
            memories: [{ said_by: "you", trust: "told", level: "general" }],
          },
        ],
      },
    ],
  });
  expect(JSON.stringify(await callTool(client, "today", {}))).not.toMatch(/Osvaldo|cello/);
  expect(JSON.stringify(await callTool(rival, "today", {}))).toContain("Osvaldo");
  expect(await callTool(client, "today", { day: "2020-01-01", zone: "Europe/Berlin" })).toMatchObject({
    day: "2020-01-01",
    zone: "Europe/Berlin",
    sections: [],
  });
  expect((await problemOfTool(client, "today", { zone: "Mars" }))["detail"]).toContain("one is named as in Europe/");
});

test("of long memories an agent reads the piece that matters, and all of one when it asks for that", async () => {
  const { agent, ann } = await scene();
  const filler = (words: string, count: number): string => `${words} `.repeat(count);
  const text = `${filler("The minutes of the sailing club go on.", 700)}The heron sleeps in the boathouse 🪶. ${filler("Then they went on.", 700)}`;
  const call = { waitSeconds: 5, until: "indexed" as const };
  const { memory } = (await ann.call("memories.create", { body: { text, level: 1 } }, call)).data;
  for (let at = 0; at < 11; at += 1)
    await ann.call("memories.create", { body: { text: `${at} heron. ${text}`, level: 1 } }, call);
  const { client } = await agent(1);
  const found = await callTool(client, "recall", { query: "heron boathouse" });
  expect([found["total"], found.memories.length]).toEqual([12, 10]);
  // Ten memories of 40,000 letters, and no more than a model reads of one answer.
  expect(JSON.stringify(found).length).toBeLessThan(30_000);
  for (const one of found.memories) {
    expect(one.text.length).toBeLessThanOrEqual(2_000);
    expect(one.text).toContain("heron");
    expect(one.text.isWellFormed()).toBe(true);
  }
  const piece = found.memories.find(({ id }) => id === memory.id) ?? found.memories[0];
  assert(piece !== undefined);
  const { from, of } = piece["piece"] as { readonly from: number; readonly of: number };
  const whole = await callTool(client, "get_memory", { id: piece.id });
  const { text: all, piece: none } = whole.memory;
  expect([String(all).slice(from, from + 2_000), String(all).length, none]).toEqual([piece.text, of, undefined]);
  const answer = await callTool(client, "ask", { question: "Where does the heron sleep?" });
  const [cited] = answer["citations"] as readonly { readonly quote: string; readonly memory: { text: string } }[];
  expect(cited?.memory.text).toContain("The heron sleeps in the boathouse");
  const timeline = await callTool(client, "timeline", { limit: 100 });
  expect(timeline.memories.length).toBe(12);
  expect(JSON.stringify(timeline).length).toBeLessThan(40_000);
  expect(JSON.stringify(await callTool(client, "context", { about: "the heron" })).length).toBeLessThan(6_000);
});

test("a long-lived agent of an older revision writes two hundred memories, finds the one that is asked for, corrects it and forgets it", async () => {
  const { agent } = await scene();
  const { client } = await agent(2, "legacy");
  expect(client.getNegotiatedProtocolVersion()).toBe("2025-11-25");
  const colours = ["red", "green", "blue", "grey", "white"];
  for (let at = 0; at < 200; at += 1) {
    const text = `Boat ${at} of the club is ${colours[at % 5]} and lies at berth ${at + 300}`;
    const kept = await callTool(client, "remember", { text, conversation: "Boats", external_id: `boat-${at}` });
    expect([kept["status"], kept["found_by_search"]]).toEqual(["stored", true]);
  }
  const text = "The boat of the harbour master is called Albatross";
  const { memory } = await callTool(client, "remember", { text, conversation: "Boats" });
  const answer = await callTool(client, "ask", { question: "What is the boat of the harbour master called?" });
  expect(answer).toMatchObject({ found: true });
  expect(answer["answer"]).toContain("Albatross");
  // From a memory to what was said around it.
  const near = await callTool(client, "timeline", { conversation: memory["conversation_id"], limit: 3 });
  expect(near.memories.map(({ id }) => id)[0]).toBe(memory.id);
  expect(near["next"]).toEqual(expect.any(String));
  const narrowed = await callTool(client, "recall", { query: "boat", conversation: memory["conversation_id"] });
  expect(narrowed["total"]).toBe(201);
  const change = { id: memory.id, text: "The boat of the harbour master is called Petrel", reason: "He renamed it" };
  expect(await callTool(client, "correct", change)).toMatchObject({ memory: { version: 2 } });
  expect(await callTool(client, "forget", { id: memory.id })).toMatchObject({ forgotten: memory.id });
  expect((await problemOfTool(client, "get_memory", { id: memory.id }))["detail"]).toContain("recall gives ids");
});

test("what an agent gives wrongly, and what becomes of what it tells, is said in words that it can act on", async () => {
  const { agent, ann, connect } = await scene();
  const { client, key } = await agent(1);
  const said = async (name: string, given: Record<string, unknown>): Promise<unknown> =>
    (await problemOfTool(client, name, given))["detail"];
  expect(await said("recall", {})).toBe("Cannot use /query: Must be given");
  expect(await said("recall", { query: " " })).toBe("Cannot use /query: Must not be empty");
  expect(await said("recall", { query: "x", level: "top" })).toContain("general, confidential, secret");
  expect(await said("recall", { query: "x", since: "yesterday" })).toContain("a day such as 2024-12-12 or a time such");
  expect(await said("remember", { text: "x", occurred_at: "2024-02-30" })).toContain("a day such as 2024-12-12");
  expect(await said("correct", { id: "mem_01JD8QYB3M6W5T0ZK1E9V7RXSC", text: "x" })).toContain(
    "/reason: Must be given",
  );
  expect(await said("forget", { id: "last" })).toContain("Must be an id that starts with mem_");
  expect(await said("today", { day: "tomorrow" })).toContain("a day such as 2026-03-14");
  const day = await callTool(client, "remember", { text: "The fair is on", occurred_at: "2024-12-12" });
  expect(day.memory["occurred_at"]).toBe("2024-12-12T12:00:00.000Z");
  expect(day).not.toHaveProperty("remark");
  const secret = await callTool(client, "remember", { text: "The PIN of the card is 4711" });
  expect(secret).toMatchObject({ status: "proposed", memory: null });
  expect(secret["remark"]).toContain("waits under Review");
  const above = await callTool(client, "remember", { text: "Carla's phone number is +47 900 12 345" });
  expect(above).toMatchObject({ status: "stored", memory: null });
  expect(above["remark"]).toContain("above what you may see");
  expect((await callTool(client, "recall", { query: "Carla phone" }))["total"]).toBe(0);
  expect((await callTool(client, "status", {}))["you"]).toMatchObject({ key: "Claude", ends_at: null });
  const ends = new Date(Date.now() + 86_400_000).toISOString();
  const short = { name: "For a day", scopes: ["user.read"], level: 1 as const, expires_at: ends };
  const { secret: forADay } = (await ann.call("keys.create", { body: short })).data;
  expect((await callTool(await connect(forADay), "status", {}))["you"]).toMatchObject({ ends_at: ends });
  await ann.call("keys.end", { params: { id: key } });
  await expect(client.callTool({ name: "status", arguments: {} })).rejects.toThrow(/has expired or was ended/);
});
