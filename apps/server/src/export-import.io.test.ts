/** An export that is imported again says what it said, field by field, and importing it twice adds nothing. */
import { seededRandom } from "@kaelix/base";
import type { CallOutput, Client, Routes } from "@kaelix/contract";
import { openedAge } from "@kaelix/security/testing";
import { expect, test } from "vitest";

import { claimed, close, closeAfterEach, newFolder, open } from "./testing/houses.ts";
import { importFile } from "./testing/imports.ts";

type Line = CallOutput<Routes["memories.read"]>;

const SEED = Number(process.env["KAELIX_SEED"] ?? 1_763_757_000);
const MEMORIES = 60;
const PIECES = [
  "the shed is green",
  "Ünïcödé",
  "😀 👩‍👩‍👧",
  "\n# not a heading\n> nor a quote",
  "my PIN is 4711",
  "“quoted”, \t tab",
  "मेरा घर",
  "a@b.example +49 171 2345678",
];

closeAfterEach();

/** Somebody new in a house of their own, open up to the highest level. */
async function openedUp(): Promise<{ readonly client: Client; end(): Promise<void> }> {
  const house = await open(newFolder());
  const client = await claimed(house);
  await client.call("auth.unlock", { body: { password: "testpassword", level: "ultra-secret" } });
  return { client, end: () => close(house) };
}

async function exported(client: Client): Promise<string> {
  return (await client.open("exports.memories")).text();
}

const bring = (to: Client, lines: string): ReturnType<typeof importFile> => importFile(to, "kaelix.jsonl", lines);

/** What must be the same. A memory that had no id of its own is known by the id it had where it comes from. */
function said(lines: string): readonly string[] {
  return lines
    .trimEnd()
    .split("\n")
    .map((text) => {
      const line: Line = JSON.parse(text);
      const { attachments, caption, confidence, context, level, occurred_at, reasons, source, speaker } = line;
      const external = line.external_id ?? line.id;
      const how = [level, line.level_decided_by, confidence, reasons];
      const title = line.conversation?.title ?? null;
      return JSON.stringify([
        external,
        line.text,
        caption,
        speaker,
        title,
        source,
        occurred_at,
        how,
        attachments,
        context,
      ]);
    })
    .toSorted();
}

test(`an export comes back field by field, whatever it holds (KAELIX_SEED=${SEED})`, async () => {
  const random = seededRandom(SEED);
  const chance = (share: number): boolean => (random.bytes(1)[0] ?? 0) < share * 256;
  const upTo = (bound: number): number => (((random.bytes(2)[0] ?? 0) << 8) | (random.bytes(2)[1] ?? 0)) % bound;
  const one = <Item>(items: readonly Item[]): Item => items[upTo(items.length)] ?? expect.fail();
  const from = await openedUp();
  for (let at = 0; at < MEMORIES; at++) {
    const text = Array.from({ length: 1 + upTo(4) }, () => one(PIECES)).join(" ");
    const body = {
      text,
      ...(chance(0.5) ? { external_id: `ext ${at} ${one(PIECES)}`.trim() } : {}),
      ...(chance(0.3) ? { level: one(["general", "confidential", "secret", "ultra-secret"] as const) } : {}),
      ...(chance(0.4) ? { speaker: one(["Bob", "José", "张伟"]) } : {}),
      ...(chance(0.4) ? { conversation: { key: one(["a", "b"]), title: one(["Book Club", "Ünï"]) } } : {}),
      ...(chance(0.3) ? { context: one(["in the car", { mood: "calm", nested: { deep: [1, null] } }]) } : {}),
      ...(chance(0.3) ? { attachments: ["a.jpg", "b c.pdf"] } : {}),
      occurred_at: new Date(
        Date.UTC(1990 + upTo(40), upTo(12), 1 + upTo(28), upTo(24), upTo(60), upTo(60), upTo(1_000)),
      ).toISOString(),
    };
    await from.client.call("memories.create", { body });
  }
  const lines = await exported(from.client);
  expect(lines.trimEnd().split("\n")).toHaveLength(MEMORIES);
  expect(await bring(from.client, lines), "into its own house").toMatchObject({ added: 0, known: MEMORIES, failed: 0 });
  expect(said(await exported(from.client))).toEqual(said(lines));
  const passphrase = "walnut lantern by the harbour";
  const sealed = await (await from.client.open("exports.sealed", { body: { passphrase } })).bytes();
  expect(Buffer.from(sealed).includes("the shed is green")).toBe(false);
  expect((await openedAge(sealed, passphrase)).toString()).toBe(await exported(from.client));
  await from.end();
  const to = await openedUp();
  expect(await bring(to.client, lines)).toMatchObject({ state: "done", added: MEMORIES, known: 0, failed: 0 });
  const again = await exported(to.client);
  expect(said(again)).toEqual(said(lines));
  expect(await bring(to.client, lines), "a second time").toMatchObject({ added: 0, known: MEMORIES, failed: 0 });
  expect(await bring(to.client, again), "its own export").toMatchObject({ added: 0, known: MEMORIES, failed: 0 });
  expect(said(await exported(to.client))).toEqual(said(lines));
});
