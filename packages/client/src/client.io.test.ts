/** The SDK against a real house in this process, over a real port. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createClient } from "@kaelix/contract";
import { type RunningProduct, startServer } from "@kaelix/server";
import { afterAll, beforeAll, expect, test } from "vitest";

import { Kaelix, type KaelixEvent, KaelixProblem } from "./index.ts";

const CLAIM_CODE = "TEST-CODE";
const PASSWORD = "harbour walnuts";
const SCOPES = [
  "memory.create",
  "memory.read",
  "memory.list",
  "memory.search",
  "memory.ask",
  "memory.edit",
  "memory.forget",
  "import.create",
  "import.list",
  "events.follow",
];

let folder: string;
let product: RunningProduct;
let before: string | undefined;
let apiKey: string;
let personToken: string;
let kaelix: Kaelix;

beforeAll(async () => {
  before = process.env["KAELIX_CLAIM_CODE"];
  process.env["KAELIX_CLAIM_CODE"] = CLAIM_CODE;
  folder = mkdtempSync(join(tmpdir(), "kaelix-client-"));
  product = await startServer({ dataDirectory: folder, port: 0 });
  const bare = createClient({ baseUrl: product.url });
  const person = { phone: "+1234567890", name: "Ann", password: PASSWORD, claim_code: CLAIM_CODE };
  personToken = (await bare.call("auth.signUp", { body: person })).data.access_token;
  const ann = createClient({ baseUrl: product.url, accessToken: () => personToken });
  await ann.call("auth.prove", { body: { password: PASSWORD } });
  apiKey = (await ann.call("keys.create", { body: { name: "Program", scopes: SCOPES } })).data.secret;
  kaelix = new Kaelix({ baseUrl: `${product.url}/`, apiKey });
});

afterAll(async () => {
  await product.close();
  process.env["KAELIX_CLAIM_CODE"] = before;
  rmSync(folder, { recursive: true, force: true });
});

test("memories are told, read, listed, changed, found, asked and forgotten", async () => {
  const told = await kaelix.memories.add("The piano is tuned in spring", {
    speaker: "Carla",
    at: new Date(0),
    wait: "indexed",
  });
  expect(told).toMatchObject({ status: "stored", memory: { speaker: "Carla", client: { name: "Program" } } });
  expect(told.position).toMatch(/^memories\/\d+\/\d+$/);
  const { id } = told.memory;
  expect(await kaelix.memories.get(id)).toMatchObject({ id, occurred_at: "1970-01-01T00:00:00.000Z" });
  expect((await kaelix.search("piano", { limit: 5 })).hits.map(({ memory }) => memory.id)).toEqual([id]);
  const answer = await kaelix.ask("When is the piano tuned?");
  expect(answer.citations[0]?.memory.id).toBe(id);
  expect(await kaelix.memories.update(id, { text: "The piano is tuned in autumn" })).toMatchObject({ version: 2 });
  await expect(kaelix.memories.update(id, { text: "x" }, { version: 1 })).rejects.toMatchObject({
    code: "version-stale",
  });
  await kaelix.memories.forget(id);
  const problem = await kaelix.memories.get(id).catch((failure: unknown) => failure);
  expect(problem).toBeInstanceOf(KaelixProblem);
  expect(problem).toMatchObject({ status: 404, code: "not-found" });

  const texts = Array.from({ length: 25 }, (_, at) => `Line ${at}`);
  for (const [at, text] of texts.entries()) await kaelix.memories.add(text, { at: new Date(1_000 * (at + 1)) });
  const listed: string[] = [];
  for await (const memory of kaelix.memories.list({ pageSize: 10, before: new Date(100_000) }))
    listed.push(memory.text);
  expect(listed).toEqual(texts.toReversed());
  await expect(new Kaelix({ baseUrl: product.url, apiKey: "klx_live_none" }).search("x")).rejects.toMatchObject({
    code: "key-invalid",
  });
});

/** Stands before the server and answers 503 once after each request was done: the client cannot know that it was. */
async function flakyProxy(): Promise<{ readonly url: string; readonly server: Server; readonly seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      seen.push(`${request.method} ${request.url}`);
      const passed = ["authorization", "content-type", "idempotency-key"] as const;
      const headers = Object.fromEntries(passed.map((name) => [name, request.headers[name]?.toString() ?? ""]));
      const body = chunks.length === 0 ? null : Buffer.concat(chunks);
      const method = request.method ?? "GET";
      const pass = async (): Promise<void> => {
        const answer = await fetch(product.url + request.url, { method, headers, body });
        const text = await answer.text();
        const isFirst = seen.filter((line) => line === seen.at(-1)).length === 1;
        response.writeHead(isFirst ? 503 : answer.status, { "content-type": "application/json" });
        response.end(isFirst ? "{}" : text);
      };
      void pass();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server that listens has such an address.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, server, seen };
}

test("telling is sent again when no answer came, and told once all the same", async () => {
  const proxy = await flakyProxy();
  const flaky = new Kaelix({ baseUrl: proxy.url, apiKey });
  const { memory } = await flaky.memories.add("Told over a bad line");
  expect(proxy.seen).toEqual(["POST /api/v1/memories", "POST /api/v1/memories"]);
  const found: string[] = [];
  for await (const { id, text } of kaelix.memories.list()) if (text === "Told over a bad line") found.push(id);
  expect(found).toEqual([memory.id]);
  // A search is a POST without a key: it is not repeated.
  await expect(flaky.search("bad line")).rejects.toMatchObject({ status: 503 });
  proxy.server.close();
});

test("a sealed export is opened by its passphrase, and waits for it where it has none or a wrong one", async () => {
  const phrase = "walnut lantern by the harbour";
  const person = new Kaelix({ baseUrl: product.url, apiKey: () => personToken });
  const owner = createClient({ baseUrl: product.url, accessToken: () => personToken });
  const sealed = await owner.open("exports.sealed", { body: { passphrase: phrase } });
  const file = new File([await sealed.blob()], "mine.jsonl.age");
  const without = await person.imports.create(file);
  expect(without).toMatchObject({ state: "sealed", preview: null });
  await expect(person.imports.open(without.id, "another passphrase")).rejects.toMatchObject({
    code: "age-passphrase-wrong",
  });
  expect(await person.imports.open(without.id, phrase)).toMatchObject({ state: "waiting", format: "jsonl" });
  expect(await person.imports.cancel(without.id)).toMatchObject({ state: "cancelled" });
  const done = await person.imports.create(file, { passphrase: async () => phrase });
  expect(done).toMatchObject({ state: "done", added: 0, file: "mine.jsonl" });
});

test("a file is imported with progress, and taken back", async () => {
  const lines = Array.from({ length: 400 }, (_, at) =>
    JSON.stringify({ id: `line-${at}`, text: `Imported line ${at}` }),
  );
  const file = { name: "notes.jsonl", data: new Blob([lines.join("\n")]) };
  const seen: string[] = [];
  const done = await kaelix.imports.create(file, { onProgress: ({ state }) => seen.push(state) });
  expect(done).toMatchObject({ state: "done", added: 400, failed: 0, file: "notes.jsonl" });
  expect([seen[0], seen.at(-1)]).toEqual(["waiting", "done"]);
  await expect(kaelix.imports.undo(done.id)).rejects.toMatchObject({ code: "policy-denied" });
  const person = new Kaelix({ baseUrl: product.url, apiKey: () => personToken });
  expect(await person.imports.undo(done.id)).toMatchObject({ state: "undone" });
});

test("a file goes along with a memory, is listed and comes back byte for byte", async () => {
  const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => (at * 7) % 251);
  const data = new Blob([bytes]);
  const file = await kaelix.files.upload({ name: "walnuts.bin", data });
  expect(file).toMatchObject({ name: "walnuts.bin", bytes: bytes.length });
  const { memory } = await kaelix.memories.add("The recipe with walnuts", { files: [file.id] });
  expect(await kaelix.files.list(memory.id)).toEqual([file]);
  const read = await new Response(await kaelix.files.read(memory.id, file.id)).bytes();
  expect(Buffer.from(read).equals(bytes)).toBe(true);
  const empty = await kaelix.files.upload(new File([], "empty.txt"));
  const { memory: second } = await kaelix.memories.add("An empty page", { files: [empty.id] });
  expect(await new Response(await kaelix.files.read(second.id, empty.id)).text()).toBe("");
  await expect(kaelix.files.read(second.id, file.id)).rejects.toMatchObject({ code: "not-found" });
  const stop = new AbortController();
  stop.abort(new Error("Enough"));
  await expect(kaelix.files.read(memory.id, file.id, { signal: stop.signal })).rejects.toThrow("Enough");
});

test("events go on where they were after the connection broke, nothing twice and nothing left out", async () => {
  const stop = new AbortController();
  const seen: KaelixEvent[] = [];
  let broken = 0;
  // Breaks the line after every few events.
  const breaking: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
    if (!isStream || response.body === null) return response;
    let chunks = 0;
    const cut = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        controller.enqueue(chunk);
        chunks += 1;
        if (chunks < 4) return;
        broken += 1;
        controller.error(new Error("cut"));
      },
    });
    return new Response(response.body.pipeThrough(cut), response);
  };
  const follower = new Kaelix({ baseUrl: product.url, apiKey, fetch: breaking });
  const first = await kaelix.memories.add("Before anybody follows");
  const following = (async (): Promise<void> => {
    for await (const event of follower.events.subscribe({ after: first.position ?? "", signal: stop.signal })) {
      if (event.type === "memory.stored") seen.push(event);
      if (seen.length === 30) stop.abort();
    }
  })();
  const ids: string[] = [];
  for (let at = 0; at < 30; at++) ids.push((await kaelix.memories.add(`Event ${at}`)).memory.id);
  await following;
  expect(seen.map(({ data }) => data["memory_id"] ?? data["id"])).toEqual(ids);
  expect(broken).toBeGreaterThan(0);
  const refused = new Kaelix({ baseUrl: product.url, apiKey: "klx_live_none" });
  await expect(refused.events.subscribe().next()).rejects.toMatchObject({ status: 401 });
});
