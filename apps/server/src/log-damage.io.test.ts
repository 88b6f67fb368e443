import { existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type Client } from "@kaelix/contract";
import { expect, test } from "vitest";

import { findProblems, type Finding } from "./doctor.ts";
import { type OpenHouse, openHouse } from "./server.ts";
import { clientOf, close, closeAfterEach, newFolder, open, problemOf } from "./testing/houses.ts";

const PERSON = { phone: "+1234567890", password: "testpassword" };
const TOLD = ["the shed is green", "the ferry leaves at ten", "the umbrella is blue"];

closeAfterEach();

interface Opened {
  readonly house: OpenHouse;
  readonly notices: readonly string[];
  readonly client: (token?: string) => Client;
}

async function openTold(dataDirectory: string): Promise<Opened> {
  const notices: string[] = [];
  const house = await open(dataDirectory, (notice) => notices.push(notice));
  return { house, notices, client: (token) => clientOf(house, token) };
}

async function signIn({ client }: Opened): Promise<Client> {
  const { data } = await client().call("auth.logIn", { body: PERSON });
  return client(data.access_token);
}

/** A data directory whose house was told three things and closed in order. */
async function toldAndClosed(): Promise<string> {
  const data = newFolder();
  process.env["KAELIX_CLAIM_CODE"] = "TEST-CODE";
  const opened = await openTold(data);
  delete process.env["KAELIX_CLAIM_CODE"];
  const body = { ...PERSON, name: "Ann", claim_code: "TEST-CODE" };
  const { data: session } = await opened.client().call("auth.signUp", { body });
  const client = opened.client(session.access_token);
  for (const text of TOLD) await client.call("memories.create", { body: { text, level: "general" } });
  // What a view has not folded before the damage, no view can have kept.
  await eventually(async () => (await client.call("status.read")).data.views.every((view) => view.lag_records === 0));
  await close(opened.house);
  return data;
}

/** The segment that the three memories are in. */
function segmentOf(data: string): string {
  const topic = join(data, "log", "topics", "memories");
  for (const partition of readdirSync(topic)) {
    const path = join(topic, partition, "00000000000000000000.log");
    if (existsSync(path) && statSync(path).size > 0) return path;
  }
  throw new Error("The memories are nowhere");
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  writeFileSync(path, bytes);
}

async function finding(data: string, name: string): Promise<Finding | undefined> {
  return (await findProblems(data)).find((one) => one.name === name);
}

async function eventually(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await new Promise((resolve) => setTimeout(resolve, 20));
}

const CASES: readonly (readonly [string, (segment: string) => void])[] = [
  ["a flipped byte", (segment) => flip(segment, statSync(segment).size - 20)],
  ["a tail that is gone after a clean stop", (segment) => truncateSync(segment, statSync(segment).size - 20)],
];

for (const [what, spoil] of CASES) {
  test(`${what} is told by start, status and doctor, and keeps views from being rebuilt`, async () => {
    const data = await toldAndClosed();
    expect(await finding(data, "log")).toMatchObject({ ok: true, text: expect.stringContaining("all whole") });
    spoil(segmentOf(data));
    expect(await finding(data, "log")).toMatchObject({
      ok: false,
      text: expect.stringMatching(/^memories\/\d offsets \d+ to \d+ .*Do not rebuild a view/),
    });

    const opened = await openTold(data);
    const client = await signIn(opened);
    await eventually(async () => (await client.call("status.read")).data.log.damaged.length > 0);
    expect(opened.notices.filter((notice) => notice.startsWith("The log has lost records: memories/"))).toHaveLength(1);

    const { data: verified } = await client.call("verifications.run");
    expect(verified).toMatchObject({ agree: false, log: { whole: false, lost: 1, memories_live: 2 } });
    expect(verified.log.damaged).toHaveLength(1);

    for (const name of ["relational", "search"] as const) {
      const refused = await problemOf(client.call("views.rebuild", { params: { name } }));
      expect(refused).toMatchObject({ status: 409, code: "rebuild-would-lose" });
      expect(refused.detail).toContain("the views hold 1 memory that it has not");
    }
    const exported = async (): Promise<number> =>
      (await (await client.open("exports.memories")).text()).trimEnd().split("\n").length;
    expect(await exported()).toBe(3);
    await client.call("views.rebuild", { params: { name: "relational" }, body: { force: true } });
    expect(await exported()).toBe(2);
  });
}

test("a log that holds less than its views have folded is told, and keeps them from being rebuilt", async () => {
  const data = await toldAndClosed();
  rmSync(join(segmentOf(data), ".."), { recursive: true });
  const opened = await openTold(data);
  expect(opened.notices).toContainEqual(expect.stringMatching(/the view relational has folded it up to offset \d+/));
  expect(opened.notices.filter((notice) => notice.includes("kaelix rebuild"))).toEqual([]);
  const client = opened.client(opened.house.operatorToken);
  expect((await client.call("status.read")).data.log.damaged).not.toEqual([]);
  const { data: verified } = await client.call("verifications.run");
  expect(verified).toMatchObject({ agree: false, log: { whole: false } });
  const refused = await problemOf(client.call("views.rebuild", { params: { name: "relational" } }));
  expect(refused).toMatchObject({ status: 409, code: "rebuild-would-lose" });
});

test("a whole log says nothing, and its views are rebuilt without being forced", async () => {
  const opened = await openTold(await toldAndClosed());
  const client = await signIn(opened);
  const { data: verified } = await client.call("verifications.run");
  expect(verified).toMatchObject({ agree: true, log: { whole: true, lost: 0, damaged: [] } });
  await client.call("views.rebuild", { params: { name: "relational" } });
  expect((await client.call("status.read")).data.log.damaged).toEqual([]);
  expect(opened.notices.filter((notice) => notice.includes("lost"))).toEqual([]);
});

test("a broken topic file stops the opening, is named with what to do, and is left as it is", async () => {
  const data = await toldAndClosed();
  const file = join(data, "log", "topics", "memories", "topic.json");
  writeFileSync(file, "{ broken");
  await expect(openHouse({ dataDirectory: data })).rejects.toMatchObject({
    code: "log-file-broken",
    message: expect.stringMatching(/topics\/memories\/topic\.json.*backup/),
  });
  expect(readFileSync(file, "utf8")).toBe("{ broken");
});
