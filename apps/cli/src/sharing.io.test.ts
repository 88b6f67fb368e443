import { createClient } from "@kaelix/contract";
import { expect, test } from "vitest";

import { PERSON, runCommand } from "./testing/product.ts";
import { claimedProduct, folderOfFile } from "./testing/products-of-tests.ts";

const { owner, product } = await claimedProduct();
const away = folderOfFile();
const { data: invite } = await owner.call("invites.create", { body: { role: "member" } });
const body = { phone: "+4930123456", name: "Ben", password: "harbour walnuts", invite_code: invite.code };
const { data: signedIn } = await createClient({ baseUrl: product.url }).call("auth.signUp", { body });
const ben = createClient({ baseUrl: product.url, accessToken: () => signedIn.access_token });
for (const text of ["My brother Tom Miller lives in Leeds now", "Tom Baker, the dentist, moved my appointment"]) {
  const conversation = { key: text, title: text.includes("Leeds") ? "Family" : "Family matters" };
  await owner.call("memories.create", { body: { text, level: 1, conversation } }, { waitSeconds: 10 });
}
const told = await owner.call("memories.create", { body: { text: "The ferry leaves at ten", level: 1 } });
const memory = told.data.memory.id;

const run = (words: readonly string[]) =>
  runCommand([...words, "--server", product.url, "--data", away], {
    environment: { KAELIX_PASSWORD: PERSON.password },
  });

test("share, shares and unshare", async () => {
  expect((await run(["login", "--phone", PERSON.phone])).code).toBe(0);
  expect((await run(["share", "--with", "Ben", "--until", "7d"])).code).toBe(2);
  expect((await run(["share", "--with", "Nobody", "--until", "7d", "--all"])).code).toBe(3);
  const made = await run(["share", "--with", "ben", "--until", "7d", "--memory", memory]);
  expect(made.code, made.err).toBe(0);
  const id = made.out.trim();
  expect((await ben.call("memories.read", { params: { id: memory } })).data.shared?.grant).toBe(id);
  const listed: { given: readonly object[] } = JSON.parse((await run(["shares", "--json"])).out);
  expect(listed.given).toMatchObject([{ id, to: { name: "Ben" }, state: "open", level: "general" }]);
  expect((await run(["unshare", id])).code).toBe(0);
  await expect(ben.call("memories.read", { params: { id: memory } })).rejects.toMatchObject({ status: 404 });
  expect((await run(["unshare", id.replace(/.$/, (last) => (last === "0" ? "1" : "0"))])).code).toBe(3);
});

test("share by name says first what it opens, and asks which one is meant", async () => {
  expect((await run(["login", "--phone", PERSON.phone])).code).toBe(0);
  const base = ["share", "--with", "ben", "--until", "7d"];
  const unclear = await run([...base, "--about", "tom", "--yes"]);
  expect(unclear.code, unclear.err).toBe(5);
  expect(unclear.err).toMatch(/give an id\n {2}per_\w+ Tom[\s\S]*per_\w+ Tom/);
  expect((await run([...base, "--about", "Nobody", "--yes"])).code).toBe(3);
  expect((await run([...base, "--about", "bro", "--yes"])).err).toMatch(/there are\n {2}per_\w+ Tom Miller/);
  expect((await run([...base, "--about", "brother", "--level", "secret", "--yes"])).code).toBe(2);
  const unasked = await run([...base, "--about", "brother"]);
  expect(unasked.code).toBe(2);
  expect(unasked.err).toContain(
    "Ben will see every memory of yours that names Tom Miller, or that Tom Miller said, now and later, up to General: now 1 memory",
  );
  const made = await run([...base, "--about", "brother", "--yes"]);
  expect(made.code, made.err).toBe(0);
  const seen = async (): Promise<readonly string[]> =>
    (await ben.call("memories.list", { query: { owner: "others" } })).data.data.map(({ text }) => text);
  expect(await seen()).toEqual(["My brother Tom Miller lives in Leeds now"]);
  expect((await run(["shares"])).out).toMatch(/about: Tom Miller \(1\)/);
  expect((await run(["unshare", made.out.trim()])).code).toBe(0);
  const topic = await run([...base, "--topic", "leeds", "--yes"]);
  expect(topic.code, topic.err).toBe(0);
  expect(await seen()).toEqual(["My brother Tom Miller lives in Leeds now"]);
  expect((await run(["unshare", topic.out.trim()])).code).toBe(0);
  const titled = await run([...base, "--conversation", "family"]);
  expect(titled.code, titled.err).toBe(0);
  expect(await seen()).toEqual(["My brother Tom Miller lives in Leeds now"]);
  expect((await run([...base, "--conversation", "famil"])).code).toBe(5);
});
