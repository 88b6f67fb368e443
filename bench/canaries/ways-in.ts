/** Every way in: canaries in every field that takes words, by every door. */
import { systemRandom } from "@kaelix/base";
import { sealAge } from "@kaelix/security";
import { Kafka, logLevel } from "kafkajs";

import { type Door, type Heard, jsonOf } from "../proofs/door.ts";
import { objectOf } from "../proofs/openapi.ts";
import { fieldOf, formOf, type Person, uploadFile } from "../proofs/product.ts";
import { canaryOf } from "./scan.ts";

/** What was sent and what came back. */
export interface Sent {
  readonly canaries: number;
  /** Bodies of refusals: they may not repeat what they refuse. */
  readonly refusals: readonly string[];
}

/** What the ways in share. */
export interface WaysIn {
  readonly door: Door;
  readonly person: Person;
  readonly token: string;
  readonly level: 2 | 3 | 4;
  /** How many memories are told by REST; the other ways take a tenth each. */
  readonly memories: number;
  readonly kafka: string | undefined;
}

/** Sends canaries in by every door. */
export async function sendAll(ways: WaysIn): Promise<Sent> {
  let number = 0;
  const next = (): string => canaryOf(ways.level, number++);
  const refusals: string[] = [];
  const note = (heard: Heard): void => {
    if (heard.status >= 400) refusals.push(heard.text);
  };
  await tell(ways, next, note);
  for (const [name, file] of exportsOf(Math.ceil(ways.memories / 10), next))
    await importFile(ways, { name, file }, note);
  const passphrase = `The passphrase of a file: ${next()}`;
  const file = await sealedBy(passphrase, JSON.stringify({ id: "sealed", text: next(), speaker: next() }));
  await importFile(ways, { name: `${next()}.jsonl.age`, file, passphrase }, note);
  await askWrong(ways, next, note);
  await nameThings(ways, next, note);
  if (ways.kafka !== undefined) await produce(ways, ways.kafka, next);
  return { canaries: number, refusals };
}

async function tell(
  { door, level, memories, token }: WaysIn,
  next: () => string,
  note: (heard: Heard) => void,
): Promise<void> {
  for (let at = 0; at < memories; at++) {
    const body = {
      text: `A thing that is not for all: ${next()}`,
      level,
      ...(at % 5 === 0
        ? {
            caption: next(),
            speaker: next(),
            conversation: { key: next(), title: next() },
            external_id: next(),
            attachments: [next()],
            files: [await uploadFile(door, token, `${next()}.txt`, `Inside a file: ${next()}`)],
            context: { note: next() },
          }
        : {}),
    };
    const heard = await door.askJson(token, "POST", "/api/v1/memories", body);
    note(heard);
    if (at % 10 !== 0) continue;
    const path = `/api/v1/memories/${fieldOf(heard, "memory", "id")}`;
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", "if-match": '"1"' };
    note(await door.ask({ method: "PATCH", path, headers, body: JSON.stringify({ text: `Edited: ${next()}` }) }));
    note(await door.askJson(token, "POST", "/api/v1/searches", { query: next() }));
    note(await door.askJson(token, "POST", "/api/v1/answers", { question: `Where is ${next()}?` }));
    if (at % 20 === 0)
      note(
        await door.ask({ method: "DELETE", path, headers: { authorization: `Bearer ${token}`, "if-match": '"2"' } }),
      );
  }
}

function exportsOf(lines: number, next: () => string): readonly (readonly [string, string])[] {
  const many = (line: (at: number) => string): string => Array.from({ length: lines }, (_, at) => line(at)).join("\n");
  return [
    [`WhatsApp Chat with ${next()}.txt`, many((at) => `22.08.18, 14:${String(10 + (at % 50))} - Ann: ${next()}`)],
    ["notes.jsonl", many((at) => JSON.stringify({ id: `j${at}`, text: next(), speaker: next() }))],
    ["table.csv", `date,author,text\n${many(() => `2024-01-02 10:00,${next()},${next()}`)}`],
    [
      "diary.md",
      `# ${next()}\n\n${many((at) => `## 2024-03-${String(1 + (at % 28)).padStart(2, "0")}\n\n${next()}\n`)}`,
    ],
  ];
}

async function sealedBy(passphrase: string, text: string): Promise<Buffer> {
  async function* whole(): AsyncGenerator<Uint8Array, void, undefined> {
    yield Buffer.from(text);
  }
  const parts: Buffer[] = [];
  for await (const part of sealAge(whole(), passphrase, { random: systemRandom, work: 10 })) parts.push(part);
  return Buffer.concat(parts);
}

async function importFile(
  { door, level, token }: WaysIn,
  { name, file, passphrase }: { readonly name: string; readonly file: Buffer | string; readonly passphrase?: string },
  note: (heard: Heard) => void,
): Promise<void> {
  const { body, type } = formOf(name, file);
  const headers = { authorization: `Bearer ${token}`, "content-type": type };
  const heard = await door.ask({ method: "POST", path: "/api/v1/imports?zone=Europe/Berlin", headers, body });
  note(heard);
  if (heard.status !== 201) throw new Error(`Not taken: ${name}`);
  const path = `/api/v1/imports/${fieldOf(heard, "id")}`;
  if (passphrase !== undefined) {
    note(await door.askJson(token, "POST", `${path}/open`, { passphrase: `${passphrase} which is wrong` }));
    note(await door.askJson(token, "POST", `${path}/open`, { passphrase }));
  }
  const me = name.startsWith("WhatsApp") ? { me: "Ann" } : {};
  const started = await door.askJson(token, "POST", `${path}/start`, { ...me, zone: "Europe/Berlin", level });
  if (started.status !== 202) throw new Error(`Not begun: ${name}: ${started.text}`);
  for (let tries = 0; tries < 300; tries++) {
    const state = jsonOf(await door.askJson(token, "GET", path))?.["state"];
    if (state === "done") return;
    if (state !== "running" && state !== "waiting") throw new Error(`The import of a canary ended as ${String(state)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("An import of canaries did not end");
}

/** Requests that are refused: what is wrong with them is said, what they hold is not. */
async function askWrong(
  { door, level, token }: WaysIn,
  next: () => string,
  note: (heard: Heard) => void,
): Promise<void> {
  const wrong: readonly (readonly [string, string, unknown])[] = [
    ["POST", "/api/v1/memories", { text: next(), level: "nothing" }],
    ["POST", "/api/v1/memories", { text: next(), unknown: next() }],
    ["POST", "/api/v1/memories", { text: 7, caption: next() }],
    ["POST", "/api/v1/memories", { text: `${next()}\u0000`, level }],
    ["POST", "/api/v1/memories", { text: next(), occurred_at: next() }],
    ["POST", "/api/v1/searches", { query: next(), filter: { source: next() } }],
    ["POST", "/api/v1/answers", { question: next(), filter: { conversation: next() } }],
    ["GET", `/api/v1/memories?cursor=${next()}`, undefined],
    ["POST", "/api/v1/auth/login", { phone: next(), password: next() }],
    ["POST", "/api/v1/policy/explanations", { action: next() }],
  ];
  for (const [method, path, body] of wrong) note(await door.askJson(token, method, path, body));
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  note(await door.ask({ method: "POST", path: "/api/v1/memories", headers, body: `{"text":"${next()}` }));
  for (const header of [
    "idempotency-key",
    "kaelix-after",
    "prefer",
    "if-match",
    "last-event-id",
    "user-agent",
    "x-forwarded-for",
    "traceparent",
    "referer",
    "cookie",
  ]) {
    note(
      await door.ask({
        method: "POST",
        path: "/api/v1/memories",
        headers: { ...headers, [header]: `wait=${next()}` },
        body: "{}",
      }),
    );
  }
}

/** What people name and set up, and what is refused of it: searches, the day and its ways, people, addresses, passkeys, seals, erasures. */
async function nameThings({ door, token }: WaysIn, next: () => string, note: (heard: Heard) => void): Promise<void> {
  const base = "/api/v1";
  const day = { hour: null, zone: "UTC" };
  const webhook = (): unknown => ({ url: `https://203.0.113.7/${next()}`, level: "general" });
  const listed = jsonOf(await door.askJson(token, "GET", `${base}/people?unsure=true&limit=1`))?.["data"];
  const [person] = Array.isArray(listed) ? listed : [];
  const key = { id: "key_01JD8QYB3M6W5T0ZK1E9V7RXSC" };
  const asked: readonly (readonly [string, string, unknown])[] = [
    ["POST", "/saved-searches", { name: next(), search: { query: next(), filter: { person: next() } } }],
    ["POST", "/saved-searches", { name: next(), search: { query: next(), filter: { source: next() } } }],
    ["POST", "/digests/judgements", { key: next() }],
    ["POST", "/digests/judgements", { key: next(), day: next() }],
    ["POST", "/digests/seen", { day: next() }],
    ["PUT", "/digest-settings", { ...day, mail: null, webhook: webhook() }],
    [
      "PUT",
      "/digest-settings",
      { ...day, mail: { address: `${next()}@example.org`, level: "general" }, webhook: null },
    ],
    ["PUT", "/digest-settings", { ...day, zone: next(), mail: null, webhook: null }],
    ["POST", "/digest-settings/confirmations", { code: next().slice(0, 20) }],
    [
      "POST",
      "/digest-settings/devices",
      { endpoint: `https://203.0.113.7/${next()}`, p256dh: next(), auth: next(), name: next() },
    ],
    ["POST", "/me/email", { address: `${next()}@example.org` }],
    ["POST", "/me/email/confirm", { code: next().slice(0, 40) }],
    ["POST", "/auth/recovery", { email: `${next()}@example.org` }],
    ["POST", "/auth/recovery/finish", { request: next(), code: next().slice(0, 40), new_password: next() }],
    ["POST", "/me/passkeys", { name: next(), passkey: { id: next() } }],
    ["POST", "/auth/passkey", { passkey: { id: next(), rawId: next() } }],
    ["PUT", "/seal", { key: next() }],
    ["POST", "/seal/places", { external_id: next() }],
    ["POST", "/answers/stream", { question: `Where is ${next()}?` }],
    ["POST", "/answers/stream", { question: next(), filter: { source: next() } }],
    ["POST", "/erasures", { key: { ...key, since: next() } }],
    ["POST", "/erasures", { account: { confirm: next().slice(0, 40) } }],
    ["POST", "/grants", { to: next(), what: { type: "all" }, purpose: next(), expires_at: next() }],
    ["POST", "/people/merges", { what: "rename", person: next(), name: next() }],
    ["POST", "/people/merges", { what: "rename", person: objectOf(person)["id"], name: next() }],
    ["POST", "/keys", { name: next(), scopes: [next()] }],
    ["POST", "/keys", { name: next(), scopes: ["memory.read"] }],
  ];
  for (const [method, path, body] of asked) note(await door.askJson(token, method, base + path, body));
}

/** What comes in at the Kafka door goes into topics of the people who use it, which are kept as they were sent. */
async function produce({ level, memories, person }: WaysIn, address: string, next: () => string): Promise<void> {
  const sasl = { mechanism: "plain", username: person.phone, password: person.password } as const;
  const producer = new Kafka({ brokers: [address], sasl, logLevel: logLevel.NOTHING }).producer({
    allowAutoTopicCreation: true,
  });
  await producer.connect();
  const messages = Array.from({ length: Math.ceil(memories / 10) }, () => ({
    key: next(),
    value: next(),
    headers: { note: next() },
  }));
  await producer.send({ topic: `canaries-${level}`, messages });
  await producer.disconnect();
}
