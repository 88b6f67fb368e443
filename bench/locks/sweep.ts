/**
 * The level lock: what stands above what a session or key is open to must not show in anything.
 *
 * Guarantees when it finds nothing, for sessions open to 2 and to 3 and for a key open to 1: every list page by page, search, facets,
 * highlights, near words, answers, export and conversations are the same for a twin who has nothing above; every route answers an id above
 * as an id that nobody has, byte for byte but for `instance` and `trace_id`; no live event of it is heard.
 * It does not: measure time. What is left out on purpose stands in `DECLARED`.
 */
import { setTimeout as sleep } from "node:timers/promises";

import { type Door, type Heard, jsonOf } from "../proofs/door.ts";
import { type Interface, idKindOf, MissingId, type Operation, sampleOf } from "../proofs/openapi.ts";
import { unpacked } from "../proofs/unpacked.ts";
import { keyOf, openUp, type Person, signUpInvited } from "../proofs/product.ts";
import { guessedIds } from "../boundary/cast.ts";
import { follow } from "../boundary/live.ts";
import { comparable, HIDDEN_WORD, raiseTwins, type Twins } from "./twins.ts";

/** What a sweep came to. */
export interface LockOutcome {
  readonly comparisons: number;
  readonly ids: number;
  readonly faults: readonly string[];
}

/** Shown above the lock on purpose: a person sees in their own entries what they have opened. */
const DECLARED = { actions: /^(audit|session|key|factor|user|directory|grant)\./ };
const QUERIES = [
  "",
  "harbour",
  "walnut kitchen",
  "harb*",
  "walnt",
  "ferrry",
  HIDDEN_WORD,
  "zweckquarel",
  "zweck*",
  `"ferry to the harbour"`,
  "-walnut harbour",
  "person:Dora",
  "person:Ann piano",
  "before:2025-01-01 train",
  "after:2025-01-01",
  "level:secret",
  "level:ultra-secret harbour",
  "has:question",
  "Bahnhof",
  "hinter dem alten Hafen",
  "bateau",
  "yesterday",
  "in 2025",
  "Where does the doctor keep the umbrella?",
  "on:2025-01-02",
];
const QUESTIONS = [
  "Where does the doctor keep the umbrella?",
  "When does the ferry leave?",
  "How often did I see the harbour?",
  `What is ${HIDDEN_WORD}?`,
  "Who is Dora Verborgen?",
  "Wo liegt der Hafen?",
  "What happened in 2025?",
  "When did I last see the piano?",
];

interface Sweep {
  readonly door: Door;
  readonly api: Interface;
  readonly fault: (text: string) => void;
  comparisons: number;
  ids: number;
}

/** Sweeps all three locks. */
export async function sweepLocks(
  door: Door,
  api: Interface,
  { owner, memories }: { readonly owner: Person; readonly memories: number },
): Promise<LockOutcome> {
  const faults: string[] = [];
  const sweep: Sweep = { door, api, fault: (text) => void faults.push(text), comparisons: 0, ids: 0 };
  for (const ceiling of [1, 2, 3]) {
    const people = [
      await signUpInvited(door, owner, `Full${ceiling}`, "member"),
      await signUpInvited(door, owner, `Bare${ceiling}`, "member"),
    ] as const;
    const twins = await raiseTwins(door, people, { ceiling, memories, seed: 400 + ceiling });
    const tokens = [await tokenFor(door, twins, twins.full), await tokenFor(door, twins, twins.bare)] as const;
    await compareReading(sweep, twins, tokens);
    await compareIds(sweep, twins, tokens[0]);
    await compareRetelling(sweep, twins, tokens[0]);
    await listenWhileHiddenHappens(sweep, twins, tokens[0]);
  }
  return { comparisons: sweep.comparisons, ids: sweep.ids, faults };
}

async function tokenFor(door: Door, { ceiling }: Twins, person: Person): Promise<string> {
  if (ceiling === 1) {
    const scopes = [
      "memory.read",
      "memory.list",
      "memory.search",
      "memory.ask",
      "memory.edit",
      "memory.forget",
      "memory.create",
      "events.follow",
    ];
    return (await keyOf(door, person, { scopes, level: 1 })).secret;
  }
  const token = await person.signIn();
  if (ceiling > 2) await openUp(door, person, token, ceiling);
  return token;
}

async function compareReading(sweep: Sweep, twins: Twins, tokens: readonly [string, string]): Promise<void> {
  const where = `open to ${twins.ceiling}`;
  const compare = async (
    method: string,
    paths: readonly [string, string],
    body?: unknown,
  ): Promise<readonly [Heard, Heard]> => {
    const one = await unpacked(await sweep.door.askJson(tokens[0], method, paths[0], body));
    const other = await unpacked(await sweep.door.askJson(tokens[1], method, paths[1], body));
    sweep.comparisons++;
    const own = [
      twins.full.user,
      twins.full.name,
      twins.full.phone,
      twins.bare.user,
      twins.bare.name,
      twins.bare.phone,
    ];
    const [left, right] = [comparable(one, own), comparable(other, own)];
    const asked = `${where}: ${method} ${paths[0]} ${JSON.stringify(body) ?? ""}`;
    if (left !== right) sweep.fault(`${asked} tells the twins apart: ${difference(left, right)}`);
    if (one.text.includes(HIDDEN_WORD) && !asked.includes(HIDDEN_WORD)) sweep.fault(`${asked} shows what is hidden`);
    if (one.status >= 500) sweep.fault(`${asked} → ${one.status}`);
    return [one, other];
  };
  const lists = sweep.api.operations.filter(
    (one) =>
      one.scope === "own" &&
      one.method === "GET" &&
      !one.isStream &&
      !one.path.includes("{") &&
      !DECLARED.actions.test(one.action),
  );
  for (const { path, parameters } of lists) {
    await compare("GET", [path, path]);
    if (!parameters.some(({ name }) => name === "cursor")) continue;
    for (const limit of [1, 3, 7]) await comparePages(compare, `${path}?limit=${limit}`);
  }
  for (const query of QUERIES) {
    for (const more of [
      {},
      { limit: 2, offset: 1 },
      { filter: { person: "Dora Verborgen" } },
      { filter: { level: 4 } },
      { filter: { after: "2025-01-01T00:00:00Z" } },
    ])
      await compare("POST", ["/api/v1/searches", "/api/v1/searches"], { query, ...more });
  }
  for (const question of QUESTIONS) await compare("POST", ["/api/v1/answers", "/api/v1/answers"], { question });
}

async function comparePages(
  compare: (method: string, paths: readonly [string, string]) => Promise<readonly [Heard, Heard]>,
  path: string,
): Promise<void> {
  let paths: readonly [string, string] = [path, path];
  for (let page = 0; page < 200; page++) {
    const heard = await compare("GET", paths);
    const [one, other] = heard.map(nextOf);
    if (one === undefined || other === undefined) return;
    paths = [`${path}&cursor=${one}`, `${path}&cursor=${other}`];
  }
}

function nextOf(heard: Heard): string | undefined {
  const page = jsonOf(heard)?.["page"];
  const next = typeof page === "object" && page !== null && "next" in page ? page.next : undefined;
  return typeof next === "string" ? next : undefined;
}

/** Every route with an id of a memory in it, asked with one above and with one that nobody has. */
async function compareIds(sweep: Sweep, twins: Twins, token: string): Promise<void> {
  const [invented = ""] = guessedIds().get("mem") ?? [];
  const operations = sweep.api.operations.filter(
    (one) => one.scope === "own" && !one.isStream && !one.isUpload && takesMemory(one),
  );
  for (const operation of operations) {
    for (const id of twins.hidden.slice(0, 12)) {
      for (const version of ['"1"', '"2"', "*", undefined]) {
        if (!operation.ifMatch && version !== undefined) continue;
        const heard: string[] = [];
        for (const one of [id, invented]) {
          const answer = await askWith(sweep, operation, { id: one, token, version });
          if (answer === undefined) continue;
          heard.push(bareOf(answer, one));
        }
        sweep.ids++;
        const [left, right] = heard;
        const asked = `open to ${twins.ceiling}: ${operation.method} ${operation.path} If-Match ${version ?? "none"}`;
        if (left !== right)
          sweep.fault(`${asked} tells an id above from one that nobody has: ${difference(left ?? "", right ?? "")}`);
      }
    }
  }
}

function takesMemory(operation: Operation): boolean {
  if (DECLARED.actions.test(operation.action)) return false;
  return JSON.stringify([operation.parameters.map(({ schema }) => schema), operation.body ?? {}]).includes("^mem_");
}

async function askWith(
  { api, door }: Sweep,
  operation: Operation,
  { id, token, version }: { readonly id: string; readonly token: string; readonly version: string | undefined },
): Promise<Heard | undefined> {
  const invented = guessedIds();
  const idOf = (kind: string): string | undefined => (kind === "mem" ? id : invented.get(kind)?.[0]);
  const sampling = { components: api.components, idOf, text: () => "harbour", pick: () => 0, isFull: true };
  try {
    let { path } = operation;
    for (const { in: place, name, schema } of operation.parameters) {
      if (place === "path") path = path.replace(`{${name}}`, String(sampleOf(schema, sampling, name)));
      if (place === "query" && idKindOf(schema) === "mem") path += `${path.includes("?") ? "&" : "?"}${name}=${id}`;
    }
    const body = operation.body === undefined ? undefined : JSON.stringify(sampleOf(operation.body, sampling));
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    if (version !== undefined) headers["if-match"] = version;
    if (body !== undefined) headers["content-type"] = "application/json";
    return await door.ask({ method: operation.method, path, headers, ...(body === undefined ? {} : { body }) });
  } catch (error) {
    if (error instanceof MissingId) return undefined;
    throw error;
  }
}

function bareOf(heard: Heard, id: string): string {
  const { date: _date, "kaelix-trace-id": _trace, "content-length": _length, ...headers } = heard.headers;
  const json = jsonOf(heard);
  const body =
    json === undefined ? heard.text : JSON.stringify({ ...json, trace_id: null, instance: null, took_ms: null });
  return `${heard.status} ${JSON.stringify(headers)} ${body}`.replaceAll(id, "<id>");
}

/**
 * Telling again what stands above, exactly or nearly: a program must not learn whether the guess is right. The guess is of the same kind, since
 * what a program tells at level 3 or above waits for the person by its own words, whatever stands there.
 */
async function compareRetelling(sweep: Sweep, { ceiling, told }: Twins, token: string): Promise<void> {
  if (ceiling > 1) return;
  for (const secret of told.slice(0, 5)) {
    const say = async (text: string): Promise<string> =>
      bareOf(
        await sweep.door.askJson(token, "POST", "/api/v1/memories", { ...secret, text }),
        String(secret["external_id"]),
      );
    const text = String(secret["text"]);
    const [right, wrong] = [await say(text), await say(`${text} or not`)];
    sweep.comparisons++;
    if (right !== wrong)
      sweep.fault(`A program learns whether it has guessed what stands above: ${difference(right, wrong)}`);
  }
}

/** Something above is told, changed and moved by an open session while the locked one listens. */
async function listenWhileHiddenHappens(sweep: Sweep, twins: Twins, token: string): Promise<void> {
  const heard = follow(sweep.door, token, undefined);
  await sleep(300);
  const open = await twins.full.signIn();
  await openUp(sweep.door, twins.full, open, 4);
  const told = await sweep.door.askJson(open, "POST", "/api/v1/memories", { text: `${HIDDEN_WORD} live`, level: 4 });
  const id = jsonOf(told)?.["memory"];
  const path = `/api/v1/memories/${typeof id === "object" && id !== null && "id" in id ? String(id.id) : ""}`;
  const headers = { authorization: `Bearer ${open}`, "content-type": "application/json" };
  await sweep.door.ask({
    method: "PATCH",
    path,
    headers: { ...headers, "if-match": '"1"' },
    body: `{"text":"${HIDDEN_WORD} edited"}`,
  });
  await sweep.door.ask({
    method: "DELETE",
    path,
    headers: { authorization: headers.authorization, "if-match": '"2"' },
  });
  await sleep(700);
  const text = heard.text();
  heard.close();
  sweep.comparisons++;
  if (text.includes("mem_") || text.includes("watermark"))
    sweep.fault(`open to ${twins.ceiling}: heard of what stands above: ${text.slice(0, 400)}`);
}

function difference(left: string, right: string): string {
  let at = 0;
  while (at < left.length && left[at] === right[at]) at++;
  return `…${left.slice(Math.max(0, at - 80), at + 160)} ≠ …${right.slice(Math.max(0, at - 80), at + 160)}`;
}
