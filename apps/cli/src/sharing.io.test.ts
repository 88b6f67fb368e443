import { createClient, type Client } from "@kaelix/contract";
import { afterAll, beforeAll, expect, test } from "vitest";

import { claim, PERSON, type Product, runCommand, startProduct, temporaryData } from "./testing/product.ts";

/** Each command is a process of its own: on a busy machine they take seconds. */
const MANY_STARTS_MS_MAX = 240_000;

const data = temporaryData();
const away = temporaryData();
let product: Product;
let ben: Client;
let memory: string;

beforeAll(async () => {
  product = await startProduct(data.path);
  const owner = await claim(product);
  const { data: invite } = await owner.call("invites.create", { body: { role: "member" } });
  const body = { phone: "+4930123456", name: "Ben", password: "harbour walnuts", invite_code: invite.code };
  const bare = createClient({ baseUrl: product.url });
  const { data: signedIn } = await bare.call("auth.signUp", { body });
  ben = createClient({ baseUrl: product.url, accessToken: () => signedIn.access_token });
  const told = await owner.call("memories.create", { body: { text: "The ferry leaves at ten", level: 1 } });
  memory = told.data.memory.id;
}, MANY_STARTS_MS_MAX);

afterAll(async () => {
  await product.kill();
  data.remove();
  away.remove();
});

test("share, shares and unshare", { timeout: MANY_STARTS_MS_MAX }, async () => {
  const environment = { KAELIX_PASSWORD: PERSON.password };
  const run = (words: readonly string[]) =>
    runCommand([...words, "--server", product.url, "--data", away.path, "--quiet"], { environment });
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
  expect((await run(["unshare", id.replace(/.$/, "0")])).code).toBe(3);
});
