/**
 * Requests that a stranger's program might send, made from the printed OpenAPI document and bent, over real sockets; ids, versions and cursors
 * of earlier answers go into later requests.
 *
 * Guarantees when it finds nothing: no answer was 5xx; every refusal was a problem document with a code that has a page; every success was what
 * its schema says and nothing more; no answer may be kept by a cache, taken for another type or framed; `Object.prototype` was as it was. A fault names the seed, and the same seed sends the same requests as far as
 * the answers are the same.
 */
import { isDeepStrictEqual } from "node:util";

import { seededRandom } from "@kaelix/base";

import { problemSchema, type Route, routes } from "@kaelix/contract";

import { type Asked, type Door, type Heard, jsonOf } from "../proofs/door.ts";
import { type Interface, MissingId, type Operation, sampleOf } from "../proofs/openapi.ts";
import { fieldOf, type Person, signUpInvited } from "../proofs/product.ts";
import { guessedIds, idsIn } from "../boundary/cast.ts";
import { type Chance, mutate, oddForm, oddHeaders, oneOf, QUERY_VALUES, RAW_BODIES } from "./mutate.ts";

/** What a run came to. */
export interface FuzzOutcome {
  readonly requests: number;
  readonly done: number;
  readonly byStatus: ReadonlyMap<number, number>;
  readonly faults: readonly string[];
}

/** What every answer carries, content as well as refusals. */
const CARRIED = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
};
const SESSIONS_EACH = 8;
const FAULTS_MAX = 60;
const AT_ONCE = 12;
/** These read or write everything, or end what the others work with: one in so many. */
const RARE: readonly (readonly [RegExp, number])[] = [
  [/^(views\.rebuild|verifications\.run|audit\.verify|backups|restores|keys\.rotate|digests?\.run)/, 200],
  [/^(auth\.logOut|sessions\.end)/, 300],
  [/^(exports\.|erasures\.request|invites)/, 30],
  [/^(auth\.|password\.|factors\.|imports\.)/, 5],
];

/** May end every session there is, the spare ones too. */
const LEFT_OUT = "signing-keys.renew";

interface Session {
  access: string;
  refresh: string;
  renewal: Promise<void> | undefined;
}

interface Fuzz {
  readonly door: Door;
  readonly api: Interface;
  readonly owner: Person;
  readonly random: Chance;
  readonly ids: Map<string, string[]>;
  sessions: Session[];
  /** Sessions of others, for when all of these have ended. */
  readonly spare: Session[][];
  readonly faults: string[];
  readonly byStatus: Map<number, number>;
}

/** Sends `requests` of them. */
export async function fuzzApi(
  door: Door,
  api: Interface,
  { owner, requests, seed }: { readonly owner: Person; readonly requests: number; readonly seed: number },
): Promise<FuzzOutcome> {
  const fuzz: Fuzz = {
    door,
    api,
    owner,
    random: seededRandom(seed),
    ids: new Map(),
    sessions: [],
    spare: [],
    faults: [],
    byStatus: new Map(),
  };
  await gatherSessions(fuzz, Math.ceil(requests / 5_000) + 1);
  let sent = 0;
  const work = async (): Promise<void> => {
    while (sent < requests && fuzz.faults.length < FAULTS_MAX) {
      sent++;
      await sendOne(fuzz, seed);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  checkPrototype(fuzz);
  const done = [...fuzz.byStatus].reduce((sum, [status, count]) => (status < 300 ? sum + count : sum), 0);
  return { requests: sent, done, byStatus: fuzz.byStatus, faults: fuzz.faults };
}

/** Sessions of some people, had before the first wrong password: those slow down whoever comes from the same address. */
async function gatherSessions(fuzz: Fuzz, people: number): Promise<void> {
  for (let count = 0; count < people; count++) {
    const person = await signUpInvited(fuzz.door, fuzz.owner, "Fuzz", count % 2 === 0 ? "member" : "admin");
    const sessions: Session[] = [];
    for (let session = 0; session < SESSIONS_EACH; session++) sessions.push(await begin(fuzz.door, person));
    await fuzz.door.askJson(sessions[0]?.access, "POST", "/api/v1/auth/prove", { password: person.password });
    await fuzz.door.askJson(sessions[1]?.access, "POST", "/api/v1/auth/unlock", {
      password: person.password,
      level: 4,
    });
    fuzz.spare.push(sessions);
  }
  fuzz.sessions = fuzz.spare.pop() ?? [];
}

async function begin(door: Door, { password, phone }: Person): Promise<Session> {
  const heard = await door.askJson(undefined, "POST", "/api/v1/auth/login", { phone, password });
  return { access: fieldOf(heard, "access_token"), refresh: fieldOf(heard, "refresh_token"), renewal: undefined };
}

/** A token lives ten minutes, which a run may outlast: its session goes on by the next one, unless it has ended. */
async function renew(fuzz: Fuzz, session: Session): Promise<void> {
  const body = { refresh_token: session.refresh };
  const heard = await fuzz.door.askJson(undefined, "POST", "/api/v1/auth/refresh", body);
  if (heard.status === 200) {
    session.access = fieldOf(heard, "access_token");
    session.refresh = fieldOf(heard, "refresh_token");
  } else {
    fuzz.sessions = fuzz.sessions.filter((one) => one !== session);
    if (fuzz.sessions.length === 0) fuzz.sessions = fuzz.spare.pop() ?? [];
  }
  session.renewal = undefined;
}

async function sendOne(fuzz: Fuzz, seed: number): Promise<void> {
  const operation = chooseOperation(fuzz);
  const asked = requestFor(fuzz, operation);
  if (asked === undefined) return;
  const heard = await fuzz.door.ask(asked).catch((error: unknown) => error);
  if (heard instanceof Error) {
    // Broken requests may end with a broken connection; whole ones not.
    if (!/ECONNRESET|EPIPE|socket hang up/.test(String(heard)))
      fault(fuzz, `${asked.method} ${asked.path}: ${String(heard)} (seed ${seed})`);
    return;
  }
  const answer = heard as Heard;
  fuzz.byStatus.set(answer.status, (fuzz.byStatus.get(answer.status) ?? 0) + 1);
  check({ fuzz, operation, seed }, asked, answer);
  if (answer.status < 300) {
    for (const [kind, ids] of idsIn(answer.text))
      fuzz.ids.set(kind, [...ids, ...(fuzz.ids.get(kind) ?? [])].slice(0, 50));
  }
  const bearer = asked.headers?.["authorization"];
  const session = fuzz.sessions.find(({ access }) => bearer === `Bearer ${access}`);
  if (answer.status === 401 && session !== undefined) await (session.renewal ??= renew(fuzz, session));
}

function chooseOperation({ api, random }: Fuzz): Operation {
  for (;;) {
    const operation = oneOf(random, api.operations);
    if (operation.action === LEFT_OUT) continue;
    const rare = RARE.find(([pattern]) => pattern.test(operation.name))?.[1] ?? 1;
    if (random.integer(rare) === 0) return operation;
  }
}

function requestFor(fuzz: Fuzz, operation: Operation): Asked | undefined {
  const { api, ids, random, sessions } = fuzz;
  const invented = guessedIds(["per", "dec", "bak", "era"]);
  const sampling = {
    components: api.components,
    idOf: (kind: string) =>
      (random.integer(4) === 0
        ? undefined
        : ids.get(kind)?.[random.integer(Math.max(1, ids.get(kind)?.length ?? 1))]) ?? invented.get(kind)?.[0],
    text: () => oneOf(random, ["harbour", "the ferry at ten", "Ann", "walnut", "x", "word ".repeat(20)]),
    pick: (below: number) => random.integer(below),
    isFull: random.integer(2) === 0,
  };
  const isBent = random.integer(10) < 7;
  try {
    let { path } = operation;
    const query: string[] = [];
    for (const { in: place, name, required, schema } of operation.parameters) {
      const isOdd = isBent && random.integer(5) === 0;
      const value = isOdd ? oneOf(random, QUERY_VALUES) : String(sampleOf(schema, sampling, name));
      if (place === "path") path = path.replace(`{${name}}`, encodeURIComponent(value) || "x");
      if (place === "query" && (required || random.integer(3) === 0))
        query.push(`${name}=${encodeURIComponent(value)}`);
    }
    if (isBent && random.integer(15) === 0)
      query.push(
        `${encodeURIComponent(oneOf(random, QUERY_VALUES))}=${encodeURIComponent(oneOf(random, QUERY_VALUES))}`,
        "limit=1",
        "limit=2",
      );
    const headers: Record<string, string> = operation.ifMatch ? { "if-match": `"${1 + random.integer(3)}"` } : {};
    const body = bodyFor(operation, { random, isBent, sampling });
    if (body?.type !== undefined) headers["content-type"] = body.type;
    const token =
      random.integer(40) === 0
        ? oneOf(random, ["", "x", "klx_x", "e.y.J"])
        : sessions[random.integer(Math.max(1, sessions.length))]?.access;
    if (token !== undefined && random.integer(60) !== 0) headers["authorization"] = `Bearer ${token}`;
    if (isBent) Object.assign(headers, oddHeaders(random));
    const search = query.length === 0 ? "" : `?${query.join("&")}`;
    return {
      method: operation.method,
      path: path + search,
      headers,
      ...(body === undefined ? {} : { body: body.bytes }),
    };
  } catch (error) {
    if (error instanceof MissingId || error instanceof URIError) return undefined;
    throw error;
  }
}

function bodyFor(
  operation: Operation,
  {
    isBent,
    random,
    sampling,
  }: { readonly random: Chance; readonly isBent: boolean; readonly sampling: Parameters<typeof sampleOf>[1] },
): { readonly type: string; readonly bytes: Buffer | string } | undefined {
  const type = "application/json";
  if (operation.isUpload) {
    const form = oddForm(random);
    return { type: form.type, bytes: form.body };
  }
  if (operation.body === undefined)
    return isBent && random.integer(10) === 0 ? { type, bytes: oneOf(random, RAW_BODIES) } : undefined;
  if (isBent && random.integer(12) === 0) return { type, bytes: oneOf(random, RAW_BODIES) };
  let value: unknown = sampleOf(operation.body, sampling);
  for (let count = isBent ? 1 + random.integer(2) : 0; count > 0; count--) value = mutate(random, value);
  return { type, bytes: JSON.stringify(value) ?? "null" };
}

function check(
  { fuzz, operation, seed }: { readonly fuzz: Fuzz; readonly operation: Operation; readonly seed: number },
  asked: Asked,
  heard: Heard,
): void {
  const said = `${asked.method} ${asked.path.slice(0, 200)} ${JSON.stringify(asked.headers, (name, value: unknown) => (name === "authorization" ? "…" : value)).slice(0, 300)} ${String(asked.body ?? "").slice(0, 300)}`;
  const where = `${operation.name} → ${heard.status} (seed ${seed}): ${said}`;
  for (const [name, value] of Object.entries(CARRIED))
    if (heard.headers[name] !== value) fault(fuzz, `${where} has ${name}: ${String(heard.headers[name])}`);
  // Asked to wait for a place of the log that is not there yet: said with a time to come back.
  if (heard.status === 503 && jsonOf(heard)?.["code"] === "view-behind" && heard.headers["retry-after"] !== undefined)
    return;
  if (heard.status >= 500) return fault(fuzz, `${where}\n    ${heard.text.slice(0, 300)}`);
  const type = heard.headers["content-type"] ?? "";
  if (heard.status >= 400) {
    const parsed = problemSchema.safeParse(jsonOf(heard));
    if (!type.startsWith("application/problem+json"))
      return fault(fuzz, `${where} is no problem document: ${type} ${heard.text.slice(0, 200)}`);
    if (!parsed.success && asked.method !== "HEAD")
      fault(fuzz, `${where}: the problem is not as described: ${heard.text.slice(0, 300)}`);
    return;
  }
  const route: Route = Object.entries(routes).find(([name]) => name === operation.name)?.[1] ?? never(operation);
  const isKnown =
    heard.status === route.success.status || (operation.name === "memories.create" && heard.status === 200);
  if (!isKnown) fault(fuzz, `${where}: the status is not described`);
  if (route.success.type !== "json") return;
  const json = jsonOf(heard);
  const parsed = route.success.schema.safeParse(json);
  if (!parsed.success)
    fault(
      fuzz,
      `${where} is not as described: ${parsed.error.issues
        .map((issue) => `${issue.path.join("/")} ${issue.message}`)
        .join("; ")
        .slice(0, 300)}`,
    );
  else if (!isDeepStrictEqual(JSON.parse(JSON.stringify(parsed.data)), json))
    fault(fuzz, `${where} says more than is described`);
}

function never(operation: Operation): never {
  throw new Error(`${operation.name} is no route`);
}

function fault(fuzz: Fuzz, text: string): void {
  if (fuzz.faults.length < FAULTS_MAX) fuzz.faults.push(text);
}

/** The product runs in this process: what was put on the prototype there is on ours. */
function checkPrototype(fuzz: Fuzz): void {
  for (const prototype of [Object.prototype, Array.prototype, Function.prototype]) {
    if (Object.keys(prototype).length > 0) fault(fuzz, `A prototype has new fields: ${Object.keys(prototype).join()}`);
  }
  if (Reflect.get({}, "polluted") !== undefined) fault(fuzz, "Object.prototype is polluted");
}
