/**
 * Every route × every verb × everybody × ids of one's own, of somebody else, erased and invented.
 *
 * Guarantees when it finds nothing: no byte that the victim told came to anybody else; an id of somebody else answers as one that nobody
 * has, and never 403 where one's own would not; without a good token everything but the public routes is 401; verbs that are not declared
 * are 404 or 405; nothing broke (5xx); the victim's things are as they were.
 * Routes and their values come from the printed OpenAPI document. It does not: measure time, or try two requests at once.
 */
import { seededRandom } from "@kaelix/base";

import { type Door, type Heard, jsonOf } from "../proofs/door.ts";
import { type Interface, idKindOf, MissingId, type Operation, sampleOf, type Sampling } from "../proofs/openapi.ts";
import { formOf } from "../proofs/product.ts";
import { unpacked } from "../proofs/unpacked.ts";
import { type Asker, CANARY, type Cast, guessedIds, type Ids, idsIn, plain, SHARED_WORD, stateOf } from "./cast.ts";

/** What a sweep came to. */
export interface SweepOutcome {
  readonly calls: number;
  /** Requests that were done: a sweep in which nothing is allowed proves nothing. */
  readonly done: number;
  readonly operations: number;
  readonly askers: number;
  readonly faults: readonly string[];
  /** Kinds of ids in routes of which the victim had none: not swept with foreign ids. */
  readonly unswept: readonly string[];
}

type Target = "own" | "foreign" | "foreign erased" | "own erased" | "guessed";

const VERBS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"];
/** These end the session that asks, or change how one signs in: last. */
const LAST = /^(session\.end|password\.|factor\.)/;
/** Its one option ends the sessions of everybody who is still to ask. */
const ENDS_ALL = "signing-keys.renew";
/** Whoever runs the house may renew everybody's key: its version, and nothing else of anybody. */
const RUNS_HOUSE = /^(owner|admin)$/;
const KEY_PATH = "/api/v1/me/key";
const SEED = 20_261_121;

interface Sweep {
  readonly door: Door;
  readonly api: Interface;
  readonly cast: Cast;
  readonly kinds: ReadonlySet<string>;
  readonly fault: (text: string) => void;
  done: number;
}

/** Sweeps. `askers` narrows who asks, for a short run. */
export async function sweepBoundaries(
  door: Door,
  api: Interface,
  cast: Cast,
  askers: readonly Asker[] = cast.askers,
): Promise<SweepOutcome> {
  const faults: string[] = [];
  const kinds = new Set([...cast.foreign.keys(), ...api.operations.flatMap(kindsOf)]);
  const sweep: Sweep = { door, api, cast, kinds, fault: (text) => void faults.push(text), done: 0 };
  const callsBefore = door.calls;
  const before = await stateOf(door, api, cast.victimToken, cast.foreign);
  const operations = api.operations.toSorted(
    (one, other) => Number(LAST.test(one.action)) - Number(LAST.test(other.action)),
  );
  for (const asker of askers) {
    for (const operation of operations) await sweepOperation(sweep, asker, operation);
    await sweepVerbs(sweep, asker);
    await sweepSpellings(sweep, asker);
  }
  const after = await stateOf(door, api, cast.victimToken, cast.foreign);
  const isHouseRun = askers.some(({ name }) => RUNS_HOUSE.test(name));
  for (const [path, state] of before) {
    if (after.get(path) !== state && !(isHouseRun && path === KEY_PATH))
      faults.push(`The victim's ${path} changed: ${state.slice(0, 200)} → ${after.get(path)?.slice(0, 200)}`);
  }
  const unswept = [...new Set(api.operations.flatMap(kindsOf))].filter(
    (kind) => (cast.foreign.get(kind) ?? []).length === 0,
  );
  return {
    calls: door.calls - callsBefore,
    done: sweep.done,
    operations: operations.length,
    askers: askers.length,
    faults,
    unswept,
  };
}

async function sweepOperation(sweep: Sweep, asker: Asker, operation: Operation): Promise<void> {
  const { cast } = sweep;
  const pools: readonly [Target, Ids][] = [
    ["guessed", guessedIds(sweep.kinds)],
    ["foreign", cast.foreign],
    ["foreign erased", cast.foreignErased],
    ["own erased", asker.ownErased],
    ["own", asker.own],
  ];
  const kinds = kindsOf(operation);
  let guessed: Heard | undefined;
  for (const [target, pool] of pools) {
    if (kinds.length === 0 && target !== "guessed" && target !== "own") continue;
    if (kinds.length > 0 && !kinds.some((kind) => (pool.get(kind) ?? []).length > 0)) continue;
    const request = requestOf(sweep, operation, pool, target);
    if (request === undefined) continue;
    const heard = await askAs(sweep, asker, operation, request);
    check(sweep, {
      asker,
      operation,
      target,
      heard,
      guessed,
      sent: `${request.path} ${request.body?.toString() ?? ""}`,
    });
    if (target === "guessed") guessed = heard;
  }
}

interface Request {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string | undefined;
}

/** A request that would be taken if the ids were one's own. Ids that a pool has none of are invented. */
function requestOf(sweep: Sweep, operation: Operation, pool: Ids, target: Target): Request | undefined {
  const random = seededRandom(SEED);
  const invented = guessedIds(sweep.kinds);
  const idOf = (kind: string): string | undefined => (pool.get(kind) ?? invented.get(kind) ?? [])[0];
  const hasIdInBody = operation.body !== undefined && JSON.stringify(operation.body).includes("_[0-7]");
  const sampling: Sampling = {
    components: sweep.api.components,
    idOf,
    text: () => SHARED_WORD,
    pick: (below) => (below <= 4 ? 0 : random.integer(below)),
    // Everything optional holds ids too; but a wrong option must not hide what an id would answer.
    isFull: operation.action !== ENDS_ALL && (hasIdInBody || target === "guessed" || target === "own"),
  };
  try {
    let { path } = operation;
    const query = new URLSearchParams();
    for (const { name, in: place, schema } of operation.parameters) {
      if (place === "path")
        path = path.replace(`{${name}}`, encodeURIComponent(String(sampleOf(schema, sampling, name))));
      if (place === "query" && idKindOf(schema) !== undefined)
        query.set(name, String(sampleOf(schema, sampling, name)));
    }
    const headers: Record<string, string> = operation.ifMatch ? { "if-match": '"1"' } : {};
    const search = query.size === 0 ? "" : `?${query.toString()}`;
    if (operation.isUpload) {
      const { body, type } = formOf("notes.jsonl", `{"text":"${SHARED_WORD}"}\n`);
      return { path: path + search, headers: { ...headers, "content-type": type }, body };
    }
    const body = operation.body === undefined ? undefined : JSON.stringify(sampleOf(operation.body, sampling));
    return {
      path: path + search,
      headers: body === undefined ? headers : { ...headers, "content-type": "application/json" },
      body,
    };
  } catch (error) {
    if (error instanceof MissingId) return undefined;
    throw error;
  }
}

/** Asks with a session that is still open: some routes end it. */
async function askAs(sweep: Sweep, asker: Asker, operation: Operation, request: Request): Promise<Heard> {
  for (;;) {
    const token = asker.tokens[0];
    const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const { path, headers, body } = request;
    const answer = await sweep.door.ask({
      method: operation.method,
      path,
      headers: { ...headers, ...authorization },
      ...(body === undefined ? {} : { body }),
    });
    const heard = await unpacked(answer);
    if (!asker.isKnown || heard.status !== 401 || asker.tokens.length <= 1) return heard;
    asker.tokens.shift();
  }
}

interface Checked {
  readonly asker: Asker;
  readonly operation: Operation;
  readonly target: Target;
  readonly heard: Heard;
  readonly guessed: Heard | undefined;
  readonly sent: string;
}

function check(sweep: Sweep, checked: Checked): void {
  const { asker, operation, target, heard, guessed, sent } = checked;
  const where = `${asker.name}: ${operation.method} ${operation.path} (${target} ids) → ${heard.status}`;
  if (heard.status < 300) sweep.done++;
  checkBytes(sweep, where, heard, { ...checkingOf(asker, operation), sent });
  if (!asker.isKnown && !operation.isPublic) {
    if (heard.status !== 401) sweep.fault(`${where}, must be 401`);
    return;
  }
  // What all organisations share is not there for any but the one that runs the house.
  if (asker.isApart && operation.scope === "house" && heard.status !== 404)
    sweep.fault(`${where}, must be 404 for another organisation: ${heard.text.slice(0, 200)}`);
  const hasPathId = operation.parameters.some((one) => one.in === "path" && idKindOf(one.schema) !== undefined);
  if (operation.scope !== "own" || !hasPathId || target === "own") return;
  const isDeniedAnyway = heard.status === 403 && guessed?.status === 403;
  const isWrongAnyway = heard.status === 400 && guessed?.status === 400;
  if (target !== "guessed" && heard.status === 403 && guessed?.status !== 403) sweep.fault(`${where}, never 403`);
  if (heard.status !== 404 && heard.status !== 401 && !isDeniedAnyway && !isWrongAnyway && guessed !== undefined) {
    sweep.fault(`${where}, must be 404: ${heard.text.slice(0, 200)}`);
  }
  if (guessed === undefined || target === "guessed" || target.startsWith("own")) return;
  const [one, other] = [withoutIds(heard), withoutIds(guessed)];
  if (one !== other)
    sweep.fault(`${where} is not what an invented id answers: ${one.slice(0, 200)} ≠ ${other.slice(0, 200)}`);
}

/** How an answer is looked at. `isOwn`: no other id of the victim's may stand in it. */
interface Checking {
  readonly sent: string;
  readonly isOwn: boolean;
  readonly isApart?: boolean;
  /** Everybody sees in the audit log which ids they have tried. */
  readonly namesTried?: boolean;
}

function checkingOf({ isApart }: Asker, { action, scope }: Operation): Omit<Checking, "sent"> {
  const namesTried = action.startsWith("audit.");
  return { isOwn: isApart || (scope === "own" && action !== "audit.own"), isApart, namesTried: isApart && namesTried };
}

const TRIED = /resource\\?":\s*\\?"[^"\\]*/g;

function checkBytes(
  { fault, cast }: Sweep,
  where: string,
  heard: Heard,
  { sent, isOwn, isApart = false, namesTried = false }: Checking,
): void {
  if (heard.status >= 500 && heard.status !== 503) fault(`${where}: ${heard.text.slice(0, 300)}`);
  const all = `${JSON.stringify(heard.headers)}\n${heard.text}`;
  if (holdsCanary(all, heard.bytes)) fault(`${where} holds what the victim told: ${heard.text.slice(0, 300)}`);
  // The directory names everybody to everybody of the same organisation. Administrators see whose an entry of the audit log is, and everybody sees in their own entries which ids they have tried;
  // nobody sees another id that is not theirs.
  if (!isOwn) return;
  for (const [kind, ids] of idsIn(namesTried ? all.replaceAll(TRIED, "") : all)) {
    if (kind === "usr" && !isApart) continue;
    const strange = ids.filter((id) => cast.foreign.get(kind)?.includes(id) === true && !sent.includes(id));
    if (strange.length > 0) fault(`${where} names ids of the victim: ${strange.join(", ")}`);
  }
}

const CANARY_FORMS = [CANARY, Buffer.from(CANARY).toString("hex"), ...[0, 1, 2].map(base64Core)];

/** The letters that a base64 of anything holds in which the canary stands at this place. */
function base64Core(shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), Buffer.from(CANARY)]).toString("base64");
  return text.slice(shift === 0 ? 0 : 4, -4).toLowerCase();
}

function holdsCanary(text: string, bytes: Buffer): boolean {
  const low = text.toLowerCase();
  return (
    CANARY_FORMS.some((form) => low.includes(form.toLowerCase())) || bytes.includes(Buffer.from(CANARY, "utf16le"))
  );
}

/** An answer in which every id is the same. */
function withoutIds(heard: Heard): string {
  const json = jsonOf(heard);
  const steady = json === undefined ? plain(heard) : plain({ ...heard, text: JSON.stringify(json) });
  return steady.replaceAll(/\b[a-z]{3}_[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g, "<id>");
}

async function sweepVerbs(sweep: Sweep, asker: Asker): Promise<void> {
  const paths = Map.groupBy(sweep.api.operations, ({ path }) => path);
  for (const [path, operations] of paths) {
    const target = path.replaceAll(/\{([a-z_]+)\}/g, (_all, name: string) => foreignFor(sweep, operations, name));
    // `/days/seen` is also a day to whoever asks for `/days/{day}`.
    const meant = sweep.api.operations.filter((one) => isMeant(one.path, path));
    const declared = new Set(meant.map(({ method }) => method));
    for (const verb of VERBS) {
      if (declared.has(verb) || (verb === "HEAD" && declared.has("GET"))) continue;
      const heard = await askAs(
        sweep,
        asker,
        { ...anyOf(operations), method: verb },
        { path: target, headers: {}, body: undefined },
      );
      const where = `${asker.name}: ${verb} ${path} → ${heard.status}`;
      checkBytes(sweep, where, heard, { sent: target, isOwn: true });
      // Node itself refuses what no HTTP library of ours can read as a verb.
      if (![404, 405].includes(heard.status)) sweep.fault(`${where}, must be 404 or 405`);
      else if (heard.status === 405 && heard.headers.allow === undefined) sweep.fault(`${where} without Allow`);
    }
  }
}

/** Whether a route's path stands for another's, letter by letter or with a name for a part of it. */
function isMeant(route: string, path: string): boolean {
  const [parts, asked] = [route.split("/"), path.split("/")];
  return parts.length === asked.length && parts.every((part, at) => part === asked[at] || part.startsWith("{"));
}

function anyOf(operations: readonly Operation[]): Operation {
  const [operation] = operations;
  if (operation === undefined) throw new Error("A path has an operation");
  return operation;
}

function foreignFor({ cast, kinds }: Sweep, operations: readonly Operation[], name: string): string {
  const parameter = operations
    .flatMap(({ parameters }) => parameters)
    .find((one) => one.in === "path" && one.name === name);
  const kind = parameter === undefined ? undefined : idKindOf(parameter.schema);
  if (kind === undefined) return "relational";
  return cast.foreign.get(kind)?.[0] ?? guessedIds(kinds).get(kind)?.[0] ?? "none";
}

const SPELLINGS: readonly ((path: string) => string)[] = [
  (path) => `${path}/`,
  (path) => `/${path}`,
  (path) => path.replace("/api/", "/API/"),
  (path) => path.replace("/v1/", "/v1/./"),
  (path) => path.replace("/v1/", "/v1//"),
  (path) => path.replace("/v1/", "/v1/x/../"),
  (path) => path.replace("/v1/", "/v1/%2e%2e/v1/"),
  (path) => path.replace("/v1/", "/v1%2f"),
  (path) => `${path};role=owner`,
  (path) => `${path}%00`,
  (path) => `${path}.json`,
  (path) => `${path}?user=owner`,
  (path) => `${path}?__proto__[x]=1`,
  (path) => path.replaceAll("e", "%65"),
  (path) => path.replace("mem_", "MEM_"),
];

/** Other spellings of the addresses that show something, with ids of the victim. */
async function sweepSpellings(sweep: Sweep, asker: Asker): Promise<void> {
  const reading = sweep.api.operations.filter((one) => one.method === "GET" && one.scope === "own" && !one.isStream);
  for (const operation of reading) {
    const path = operation.path.replaceAll(/\{([a-z_]+)\}/g, (_all, name: string) =>
      foreignFor(sweep, [operation], name),
    );
    for (const spell of SPELLINGS) {
      const spelled = spell(path);
      if (spelled === path) continue;
      const heard = await askAs(sweep, asker, operation, { path: spelled, headers: {}, body: undefined });
      const where = `${asker.name}: GET ${spelled} → ${heard.status}`;
      checkBytes(sweep, where, heard, { sent: spelled, isOwn: true });
      if (!asker.isKnown && heard.status < 400) sweep.fault(`${where}, must be refused`);
    }
  }
}

/** Kinds of ids that an operation takes anywhere. */
function kindsOf(operation: Operation): string[] {
  const text = JSON.stringify([operation.parameters.map(({ schema }) => schema), operation.body ?? {}]);
  return [...new Set([...text.matchAll(/\^([a-z]{3})_\[0-7\]/g)].map(([, kind = ""]) => kind))];
}
