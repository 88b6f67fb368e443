/** Who asks in the boundary sweep, what the one who is attacked has, and which ids exist. */
import { seededRandom, systemRandom } from "@kaelix/base";
import { type IdPrefix, makeId } from "@kaelix/model";
import { ACTIONS } from "@kaelix/security";

import { connectApp } from "../proofs/apps.ts";
import { type Door, type Heard, jsonOf } from "../proofs/door.ts";
import { type Interface, MissingId, objectOf, type Operation, sampleOf, type Sampling } from "../proofs/openapi.ts";
import {
  fieldOf,
  formOf,
  keyOf,
  type Person,
  signUpApart,
  signUpInvited,
  signUpOwner,
  uploadFile,
} from "../proofs/product.ts";

/** Ids by kind. */
export type Ids = ReadonlyMap<string, readonly string[]>;

/** One who asks. */
export interface Asker {
  readonly name: string;
  /** Bearer tokens, all good for the same; undefined for nobody. */
  readonly tokens: (string | undefined)[];
  /** False: everything but what is public answers 401. */
  readonly isKnown: boolean;
  /** True for one of another organisation than the victim's: not even that there is such a person may come through. */
  readonly isApart: boolean;
  readonly own: Ids;
  readonly ownErased: Ids;
}

/** All of them, and the one whose things are wanted. */
export interface Cast {
  readonly askers: readonly Asker[];
  readonly victim: Person;
  readonly victimToken: string;
  readonly foreign: Ids;
  readonly foreignErased: Ids;
}

/** Stands in every text of the victim and in no request of anybody else. */
export const CANARY = "veracanary7q3x";
/** Stands in every text of the victim, too, and in what the others ask for. */
export const SHARED_WORD = "harbourmaster";

const ID_PATTERN = /\b([a-z]{3})_[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g;
const SESSIONS_EACH = 6;
const ERASED_MS_MAX = 60_000;
/** How long forgetting can be undone in the sweep: the least that can be set. */
export const UNDO = { KAELIX_FORGET_UNDO_SECONDS: "10" };
const QUIET_ACTIONS = /^(session|password|factor|server|audit|policy|invite|export|erasure)\./;
const KINDS: readonly IdPrefix[] = ["usr", "mem", "con", "imp", "ses", "inv", "key", "grt", "per", "ent", "dec"];

/** The ids in a text, by kind. */
export function idsIn(text: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [id, kind = ""] of text.matchAll(ID_PATTERN)) {
    const known = found.get(kind) ?? [];
    if (!known.includes(id)) known.push(id);
    found.set(kind, known);
  }
  return found;
}

/** Ids that nobody has, one of each kind that there is. */
export function guessedIds(kinds: Iterable<string> = KINDS): Ids {
  const ulid = makeId("mem", Date.now() - 86_400_000, systemRandom).slice(4);
  return new Map([...KINDS, ...kinds].map((kind) => [kind, [`${kind}_${ulid}`]]));
}

/** Signs everybody up, gives everybody something, and collects ids. */
export async function gatherCast(door: Door, api: Interface, { waitsForErasing = true } = {}): Promise<Cast> {
  const owner = await signUpOwner(door);
  const admin = await signUpInvited(door, owner, "Adam", "admin");
  const member = await signUpInvited(door, owner, "Mia", "member");
  const victim = await signUpInvited(door, owner, "Vera", "member");
  const vera = await possessionsOf(door, api, victim, () => `${SHARED_WORD} ${CANARY}`);
  await shareWith(door, victim, await signUpInvited(door, owner, "Gus", "member"), vera.ids);
  const apart = await signUpApart(door, owner, "acme", "Otto");
  const people: Asker[] = [];
  const none = new Map<string, string[]>();
  for (const [role, person] of [
    ["owner", owner],
    ["admin", admin],
    ["member", member],
    ["owner of another organisation", apart],
  ] as const) {
    const { erased, ids, tokens } = await possessionsOf(door, api, person, () => `${SHARED_WORD} of ${person.name}`);
    const isApart = role.endsWith("another organisation");
    people.push({ name: role, tokens, isKnown: true, isApart, own: ids, ownErased: waitsForErasing ? erased : none });
  }
  const mia = people[2];
  const otto = people[3];
  if (mia === undefined || otto === undefined) throw new Error("They are among them");
  const programs = await programsOf(door, { owner, member, mia, apart, otto });
  programs.push(await rivalOf(door, victim));
  const strangers = await strangersOf(door, member);
  if (waitsForErasing) await untilErased(door, await owner.signIn(), 1 + people.length);
  const [victimToken = ""] = vera.tokens.filter((token) => token !== undefined);
  return {
    askers: [...strangers, ...people, ...programs],
    victim,
    victimToken,
    foreign: vera.ids,
    foreignErased: vera.erased,
  };
}

/** The victim shares what they have with somebody who asks nothing here. */
async function shareWith(door: Door, victim: Person, friend: Person, ids: Map<string, string[]>): Promise<void> {
  const token = await victim.signIn();
  await door.askJson(token, "POST", "/api/v1/auth/prove", { password: victim.password });
  const until = new Date(Date.now() + 86_400_000).toISOString();
  const body = { to: friend.user, what: { type: "all" }, level: 2, expires_at: until };
  const shared = await door.askJson(token, "POST", "/api/v1/grants", body);
  if (shared.status !== 201) throw new Error(`Not shared: ${shared.text}`);
  ids.set("grt", idsIn(shared.text).get("grt") ?? []);
}

/** Waits until what was forgotten is erased: it cannot be restored any more. */
async function untilErased(door: Door, token: string, memories: number): Promise<void> {
  const deadlineMs = performance.now() + ERASED_MS_MAX;
  for (;;) {
    const verified = jsonOf(await door.askJson(token, "POST", "/api/v1/verifications"));
    if (Number(objectOf(verified?.["log"])["memories_erased"]) >= memories) return;
    if (performance.now() > deadlineMs) throw new Error("What was forgotten was not erased");
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Keys of the member: with every scope at two levels, with one scope; and one of a service. */
async function programsOf(
  door: Door,
  {
    owner,
    member,
    mia,
    apart,
    otto,
  }: {
    readonly owner: Person;
    readonly member: Person;
    readonly mia: Asker;
    readonly apart: Person;
    readonly otto: Asker;
  },
): Promise<Asker[]> {
  const scopesFor = (kind: "agent" | "service"): string[] =>
    Object.entries(ACTIONS).flatMap(([name, rule]) => (rule.keys.includes(kind) ? [name] : []));
  const asked: readonly [string, Person, Readonly<Record<string, unknown>>][] = [
    ["agent up to level 2", member, { scopes: scopesFor("agent"), level: 2 }],
    ["agent up to level 1", member, { scopes: scopesFor("agent"), level: 1 }],
    ["agent with one scope", member, { scopes: ["memory.read"], level: 1 }],
    ["agent of another organisation", apart, { scopes: scopesFor("agent"), level: 2 }],
    ["service", owner, { scopes: scopesFor("service"), kind: "service" }],
    ["service of another organisation", apart, { scopes: scopesFor("service"), kind: "service" }],
  ];
  const programs: Asker[] = [];
  for (const [name, person, request] of asked) {
    const { secret } = await keyOf(door, person, request);
    const isApart = person === apart;
    const whose = isApart ? otto : mia;
    const own = name.startsWith("service") ? new Map<string, string[]>() : whose.own;
    programs.push({ name, tokens: [secret], isKnown: true, isApart, own, ownErased: whose.ownErased });
  }
  const token = await connectApp(door, member, { name: "Robot of somebody", scopes: scopesFor("agent") });
  const { own, ownErased } = mia;
  programs.push({ name: "app up to level 1", tokens: [token], isKnown: true, isApart: false, own, ownErased });
  return programs;
}

/**
 * A program of the victim's own, which may read what it wrote itself and writes nothing, for that would be hers: her things are as foreign
 * to it as anybody's.
 */
async function rivalOf(door: Door, victim: Person): Promise<Asker> {
  const scopes = Object.entries(ACTIONS).flatMap(([name, rule]) =>
    rule.keys.includes("agent") && !name.endsWith(".create") ? [name] : [],
  );
  const { secret } = await keyOf(door, victim, { scopes, level: 2, reach: "own" });
  const none = new Map<string, string[]>();
  const tokens = [secret];
  return {
    name: "agent of the victim's that reads its own",
    tokens,
    isKnown: true,
    isApart: false,
    own: none,
    ownErased: none,
  };
}

/** Those whom nobody may believe. */
async function strangersOf(door: Door, member: Person): Promise<Asker[]> {
  const ended = await member.signIn();
  await door.askJson(ended, "POST", "/api/v1/auth/logout");
  const key = await keyOf(door, member, { scopes: ["memory.read", "memory.list"] });
  const fresh = await member.signIn();
  await door.askJson(fresh, "DELETE", `/api/v1/keys/${key.id}`);
  const soon = new Date(Date.now() + 1_500).toISOString();
  const expiring = await keyOf(door, member, { scopes: ["memory.read", "memory.list"], expires_at: soon });
  const none = new Map<string, string[]>();
  const tokens: readonly [string, string | undefined][] = [
    ["nobody", undefined],
    ["an empty token", ""],
    ["an ended session", ended],
    ["an ended key", key.secret],
    ["an expired key", expiring.secret],
    ["a token of nobody", `${"e".repeat(20)}.${"y".repeat(80)}.${"J".repeat(86)}`],
  ];
  return tokens.map(([name, token]) => {
    return { name, tokens: [token], isKnown: false, isApart: false, own: none, ownErased: none };
  });
}

interface Possessions {
  readonly ids: Map<string, string[]>;
  readonly erased: Ids;
  readonly tokens: (string | undefined)[];
}

/** Gives somebody memories at every level, an import, keys, and whatever else a route makes; answers with all their ids. */
async function possessionsOf(door: Door, api: Interface, person: Person, text: () => string): Promise<Possessions> {
  const tokens: string[] = [];
  for (let count = 0; count < SESSIONS_EACH; count++) tokens.push(await person.signIn());
  const [token = ""] = tokens;
  const heard: Heard[] = [];
  const tell = async (body: Readonly<Record<string, unknown>>): Promise<Heard> => {
    const answer = await door.askJson(token, "POST", "/api/v1/memories", body);
    heard.push(answer);
    return answer;
  };
  const kept = await uploadFile(door, token, `${text()}.txt`, `${text()} in a file`);
  for (const level of [1, 2, 3, 4]) {
    const conversation = { key: `${text()} ${level}`, title: `${text()} talk` };
    await tell({
      text: `${text()} at level ${level}`,
      level,
      conversation,
      speaker: text(),
      external_id: `${person.name}-${level}`,
      ...(level === 1 ? { files: [kept] } : {}),
    });
  }
  const forgotten = await tell({ text: `${text()} to be erased`, level: 1 });
  const erasedId = fieldOf(forgotten, "memory", "id");
  await door.ask({
    method: "DELETE",
    path: `/api/v1/memories/${erasedId}`,
    headers: { authorization: `Bearer ${token}`, "if-match": '"1"' },
  });
  const unwanted = fieldOf(await tell({ text: `${text()} to be erased on request`, level: 1 }), "memory", "id");
  await door.askJson(token, "POST", "/api/v1/auth/prove", { password: person.password });
  heard.push(await door.askJson(token, "POST", "/api/v1/erasures", { memories: [unwanted] }));
  const { body, type } = formOf(`${text()}.jsonl`, `{"text":"${text()} imported","id":"${person.name}-i"}\n`);
  heard.push(
    await door.ask({
      method: "POST",
      path: "/api/v1/imports",
      headers: { authorization: `Bearer ${token}`, "content-type": type },
      body,
    }),
  );
  await keyOf(door, person, { name: `${text()} key`, scopes: ["memory.read"] });
  await connectApp(door, person, { name: `${text()} app`, scopes: ["memory.read"] });
  const found = idsIn(heard.map((answer) => answer.text).join("\n"));
  await makeWhatRoutesMake({ door, api, token, found, text });
  for (const kind of found.keys()) {
    found.set(
      kind,
      (found.get(kind) ?? []).filter((id) => id !== erasedId && id !== unwanted),
    );
  }
  // The house's directory names everybody: whose ids these are is no secret, and only their own is anybody's own.
  found.set("usr", [person.user]);
  return { ids: found, erased: new Map([["mem", [erasedId]]]), tokens };
}

/** Calls every route that makes something of one's own, then every list, and notes the ids. New routes come along by themselves. */
async function makeWhatRoutesMake(work: {
  readonly door: Door;
  readonly api: Interface;
  readonly token: string;
  readonly found: Map<string, string[]>;
  readonly text: () => string;
}): Promise<void> {
  const { api, door, found, text, token } = work;
  const random = seededRandom(7);
  const sampling: Sampling = {
    components: api.components,
    idOf: (kind) => found.get(kind)?.[0],
    text,
    pick: (below) => random.integer(below),
    isFull: true,
  };
  const note = (heard: Heard): void => {
    if (heard.status >= 300) return;
    for (const [kind, ids] of idsIn(heard.text)) found.set(kind, [...new Set([...(found.get(kind) ?? []), ...ids])]);
  };
  const isPlain = (operation: Operation): boolean =>
    operation.scope === "own" &&
    !operation.isStream &&
    !operation.path.includes("{") &&
    !QUIET_ACTIONS.test(operation.action);
  for (const operation of api.operations.filter((one) => isPlain(one) && one.method === "POST" && !one.isUpload)) {
    try {
      const body = operation.body === undefined ? undefined : sampleOf(operation.body, sampling);
      note(await door.askJson(token, "POST", operation.path, body));
    } catch (error) {
      if (!(error instanceof MissingId)) throw error;
    }
  }
  const lists = api.operations.filter((one) => one.scope === "own" && one.method === "GET" && !one.path.includes("{"));
  for (const { path, isStream } of lists) if (!isStream) note(await door.askJson(token, "GET", path));
}

/** What somebody has, as the interface shows it to them now; what changes by being looked at is left out. */
export async function stateOf(
  door: Door,
  api: Interface,
  token: string,
  ids: Ids,
): Promise<ReadonlyMap<string, string>> {
  const state = new Map<string, string>();
  for (const operation of api.operations) {
    if (operation.scope !== "own" || operation.method !== "GET" || operation.isStream) continue;
    if (/^(audit|session|server)\./.test(operation.action)) continue;
    const parameter = operation.parameters.find(({ in: place }) => place === "path");
    const kind = parameter === undefined ? undefined : /\^([a-z]{3})_/.exec(String(parameter.schema["pattern"]))?.[1];
    const paths =
      parameter === undefined
        ? [operation.path]
        : (ids.get(kind ?? "") ?? []).map((id) => operation.path.replace(/\{[a-z_]+\}/, id));
    for (const path of paths) state.set(path, plain(await door.askJson(token, "GET", path)));
  }
  return state;
}

const VOLATILE = new Set(["trace_id", "instance", "took_ms", "last_used_at", "progress", "proved_until", "open_until"]);

/** An answer without what differs from call to call. */
export function plain(heard: Heard): string {
  const json = jsonOf(heard);
  if (json === undefined) return `${heard.status} ${heard.text}`;
  return `${heard.status} ${JSON.stringify(json, (name, value: unknown) => (VOLATILE.has(name) ? null : value))}`;
}
