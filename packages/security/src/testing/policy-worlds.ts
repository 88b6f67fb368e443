/** Random questions to the policy, near its edges: few people, few times, so that everything often meets everything. */
import type { seededRandom } from "@kaelix/base";
import {
  type ApiKeyId,
  type ConversationId,
  type GrantId,
  KEY_REACHES,
  LEVELS,
  makeId,
  type MemoryId,
  type Role,
  type SessionId,
  type TenantId,
  type UserId,
} from "@kaelix/model";

import type { GrantRow } from "../access/rows.ts";
import { ACTIONS, type Action } from "../policy/actions.ts";
import type { FilteredItem } from "../policy/filter.ts";
import type { DecisionContext, DenyRule, OwnedResource, Resource, Subject } from "../policy/subjects.ts";

type Random = ReturnType<typeof seededRandom>;

/** One question. */
export interface PolicyCase {
  readonly subject: Subject;
  readonly action: Action;
  readonly resource: Resource;
  readonly context: DecisionContext;
}

const ROLES: readonly Role[] = ["owner", "admin", "member", "guest"];
const TENANTS = ["default", "acme"] as unknown as readonly TenantId[];
const PARTS = ["per_a", "per_b", "top_c"];
const SOURCES = ["chat", "whatsapp"] as const;
const NOW_MS = 1_750_000_000_000;
// The names come from the table itself.
const NAMES = Object.keys(ACTIONS) as readonly Action[];
const SHARED = NAMES.filter((name) => ACTIONS[name].shared);

/** Makes questions from a source of chance. */
export class PolicyWorlds {
  readonly #random: Random;
  readonly #people: readonly UserId[];
  readonly #session: SessionId;
  readonly #keys: readonly ApiKeyId[];
  readonly #grant: GrantId;
  readonly #conversations: readonly ConversationId[];
  readonly #memories: readonly MemoryId[];

  constructor(random: Random) {
    this.#random = random;
    this.#people = [1, 2, 3].map((at) => makeId("usr", at, random));
    this.#session = makeId("ses", 1, random);
    this.#keys = [1, 2].map((at) => makeId("key", at, random));
    this.#grant = makeId("grt", 1, random);
    this.#conversations = [1, 2].map((at) => makeId("con", at, random));
    this.#memories = [1, 2, 3].map((at) => makeId("mem", at, random));
  }

  /** A question of any kind. */
  next(): PolicyCase {
    const kind = this.#random.integer(8);
    const resource: Resource =
      kind === 0
        ? { type: "house" }
        : kind <= 2
          ? { type: "installation", tenant: this.#tenant() }
          : { ...this.#owned(), ...(this.#random.integer(4) === 0 ? {} : { level: this.#pick(LEVELS) }) };
    const subject = this.#subject();
    const action = this.#pick(this.#maybe() ? NAMES : SHARED);
    return { subject, action, resource, context: this.#context(subject, resource) };
  }

  /** A thing of somebody that stands at a level. */
  item(): FilteredItem {
    return { ...this.#owned(), level: this.#pick(LEVELS), namespace: this.#pick([null, ...this.#keys]) };
  }

  #subject(): Subject {
    const tenantId = this.#tenant();
    const kind = this.#random.integer(10);
    const keyId = this.#pick(this.#keys);
    const reach = this.#pick(KEY_REACHES);
    if (kind === 0) return { type: "anonymous", tenantId };
    if (kind === 1) return { type: "service", tenantId, keyId, scopes: this.#scopes() };
    const who = { tenantId, userId: this.#person(), role: this.#pick(ROLES), ceiling: this.#pick(LEVELS) };
    if (kind <= 4) return { type: "agent", keyId, scopes: this.#scopes(), reach, ...who };
    const program = kind === 5 ? { program: { key: keyId, reach } } : {};
    return { type: "user", sessionId: this.#session, ...program, ...who };
  }

  #owned(): OwnedResource {
    return {
      type: "owned",
      tenant: this.#tenant(),
      owner: this.#person(),
      ...(this.#maybe() ? { about: PARTS.filter(() => this.#maybe()) } : {}),
      ...(this.#maybe() ? { occurredAtMs: this.#random.integer(6) } : {}),
      ...(this.#maybe() ? { conversation: this.#pick([null, ...this.#conversations]) } : {}),
      ...(this.#maybe() ? { source: this.#pick(SOURCES) } : {}),
      ...(this.#maybe() ? { memory: this.#pick(this.#memories) } : {}),
      ...(this.#maybe() ? { namespace: this.#pick([null, ...this.#keys]) } : {}),
    };
  }

  #context(subject: Subject, resource: Resource): DecisionContext {
    const owner = resource.type === "owned" ? resource.owner : undefined;
    const many = <Item>(make: () => Item, below: number): readonly Item[] =>
      Array.from({ length: this.#random.integer(below) }, make);
    return {
      nowMs: NOW_MS,
      ...(this.#maybe() ? { ceilingUntilMs: this.#pick([null, this.#near()]) } : {}),
      ...(this.#maybe() ? { provedUntilMs: this.#pick([null, this.#near()]) } : {}),
      ...(this.#maybe() ? { grants: many(() => this.#grantFor(subject, owner), 6) } : {}),
      ...(this.#maybe() ? { purpose: this.#pick([null, "care", "work"]) } : {}),
      ...(this.#maybe() ? { network: this.#pick(["local", "remote"] as const) } : {}),
      ...(this.#random.integer(4) === 0 ? { denyRules: many(() => this.#rule(), 3) } : {}),
    };
  }

  /** Often one that fits the question. */
  #grantFor(subject: Subject, owner: UserId | undefined): GrantRow {
    const from = this.#random.integer(5);
    const whats = [
      { type: "all" },
      { type: "about", subject: this.#pick(PARTS) },
      { type: "time", from, until: from + this.#random.integer(4) },
      { type: "conversation", conversation: this.#pick(this.#conversations) },
      { type: "source", source: this.#pick(SOURCES) },
      { type: "memories", memories: this.#memories.filter(() => this.#maybe()) },
    ] as const;
    const isOver = this.#random.integer(4) === 0;
    const to = "userId" in subject && this.#random.integer(4) > 0 ? subject.userId : this.#person();
    return {
      grant: this.#grant,
      revision: 1,
      tenant: this.#tenant(),
      from: this.#maybe() ? (owner ?? this.#person()) : this.#person(),
      to,
      what: this.#pick(whats),
      ceiling: this.#pick(LEVELS),
      purpose: this.#maybe() ? null : this.#pick(["care", "work"]),
      startsAtMs: this.#near(),
      expiresAtMs: this.#near() + 1,
      endedAtMs: isOver ? this.#near() : null,
    };
  }

  #rule(): DenyRule {
    const minutes = { from: this.#random.integer(1_440), until: this.#random.integer(1_440) };
    return {
      id: "rule",
      actions: this.#maybe() ? "all" : this.#scopes(),
      ...(this.#maybe() ? { subjects: [this.#pick(["user", "agent", "service"] as const)] } : {}),
      ...(this.#maybe() ? { roles: [this.#pick(ROLES)] } : {}),
      ...(this.#maybe() ? { levelMin: this.#pick(LEVELS) } : {}),
      ...(this.#maybe() ? { network: "remote" as const } : {}),
      ...(this.#maybe() ? { minutes } : {}),
    };
  }

  #pick<Item>(from: readonly Item[]): Item {
    const item = from[this.#random.integer(from.length)];
    if (item === undefined) throw new Error("Nothing to pick from");
    return item;
  }

  #maybe(): boolean {
    return this.#random.integer(2) === 0;
  }

  /** Mostly the first: a wall that always stands hides what is behind it. */
  #tenant(): TenantId {
    return this.#pick(this.#random.integer(10) === 0 ? TENANTS : TENANTS.slice(0, 1));
  }

  #person(): UserId {
    return this.#pick(this.#people);
  }

  #near(): number {
    return NOW_MS + this.#random.integer(3) - 1;
  }

  #scopes(): readonly Action[] {
    return NAMES.filter(() => this.#maybe());
  }
}
