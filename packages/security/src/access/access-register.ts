/**
 * Second factors, keys and grants: the compacted topic `access`, folded into memory at start and followed from there.
 *
 * Guarantees: what `put` answers is durable on the log and folded here; it never comes back after a restart as it was before, for no
 * database that can lose its newest rows stands between; of two that change the same thing at once one is refused and may look again;
 * a record that cannot be read is counted and spoils no other; time as this register tells it never goes back, so a clock that is set
 * back revives nothing that has ended before its eyes (a clock that was ahead when something was written ends things early).
 * It does not: let two processes change the factors of one person at once (a user belongs to one node). Memory: about 1 KiB per person
 * with factors, half of that per key and grant.
 */
import { type Clock, encodeText } from "@kaelix/base";
import { type Log, PartitionFollower, type StoredRecord } from "@kaelix/log";
import {
  type AccessEvent,
  type ApiKeyId,
  decodeEvent,
  encodeEvent,
  type GrantId,
  type TenantId,
  TOPICS,
  type UserId,
} from "@kaelix/model";

import { securityErrors } from "../errors.ts";
import { type AccessState, accessSubject, foldAccess, foldAccessTombstone } from "./fold.ts";
import type { AccountRow, ApiKeyRow, AppRow, FactorsRow, GrantRow, SealRow, TenantStanding, WayRow } from "./rows.ts";

const TOPIC = TOPICS.access.name;
const PARTITION = 0;

/** Folds topic `access` to its end and follows the log from there, until the log closes. */
export async function openAccessRegister(log: Log, clock: Clock): Promise<AccessRegister> {
  await log.createTopic(TOPICS.access);
  const register = new AccessRegister(log, clock);
  await register.start();
  return register;
}

/** What stands on topic `access`. Made by `openAccessRegister`. */
export class AccessRegister {
  readonly #follower: PartitionFollower;
  readonly #clock: Clock;
  readonly #state: AccessState = {
    factors: new Map(),
    keys: new Map(),
    apps: new Map(),
    grants: new Map(),
    accounts: new Map(),
    ways: new Map(),
    seals: new Map(),
    tenants: new Map(),
  };
  /** Offset of the record that each thing stands by, by record key. */
  readonly #stands = new Map<string, number>();
  readonly #keysByHash = new Map<string, ApiKeyId>();
  readonly #waysOf = new Map<UserId, Set<string>>();
  readonly #keysOf = new Map<UserId, Set<ApiKeyId>>();
  readonly #appsOf = new Map<UserId, Set<ApiKeyId>>();
  readonly #grantsFrom = new Map<UserId, Set<GrantId>>();
  readonly #grantsTo = new Map<UserId, Set<GrantId>>();
  #latestMs = 0;
  #unreadable = 0;

  /** Use `openAccessRegister`. */
  constructor(log: Log, clock: Clock) {
    this.#follower = new PartitionFollower({
      log,
      topic: TOPIC,
      partition: PARTITION,
      fold: (record) => this.#foldRecord(record),
      closed: () => securityErrors("access-closed"),
    });
    this.#clock = clock;
  }

  /** Called once by `openAccessRegister`. */
  async start(): Promise<void> {
    await this.#follower.readAll();
    this.#follower.follow();
  }

  /** Records set aside since the start of the fold. */
  get unreadable(): number {
    return this.#unreadable;
  }

  /** Wall clock, epoch ms, that never goes back: not below what it has said before, nor below the newest state on the log. */
  nowMs(): number {
    this.#latestMs = Math.max(this.#latestMs, this.#clock.nowMs());
    return this.#latestMs;
  }

  factors(user: UserId): FactorsRow | undefined {
    return this.#state.factors.get(user);
  }

  key(id: ApiKeyId): ApiKeyRow | undefined {
    return this.#state.keys.get(id);
  }

  /** The key whose hash this is (base64url). */
  keyByHash(hash: string): ApiKeyRow | undefined {
    const id = this.#keysByHash.get(hash);
    return id === undefined ? undefined : this.#state.keys.get(id);
  }

  /** A program of somebody else that a person let in. */
  app(id: ApiKeyId): AppRow | undefined {
    return this.#state.apps.get(id);
  }

  /** Programs of others that a person let in, oldest first; also those whose code was never exchanged. */
  appsOf(user: UserId): readonly AppRow[] {
    return rowsOf(this.#appsOf.get(user), this.#state.apps);
  }

  /** What became of an account; undefined when nothing did. */
  account(user: UserId): AccountRow | undefined {
    return this.#state.accounts.get(user);
  }

  /** What became of an organisation; undefined when nothing did. */
  tenant(id: TenantId): TenantStanding | undefined {
    return this.#state.tenants.get(id);
  }

  /** True while nobody of an organisation may come in: it is suspended, or was ended. */
  isTenantShut(id: TenantId): boolean {
    const { endedAtMs = null, suspendedAtMs = null } = this.tenant(id) ?? {};
    return suspendedAtMs !== null || endedAtMs !== null;
  }

  /** True while nobody may come in, write or be worked for: because of the account, or of its organisation. */
  isShut({ tenant, user }: { readonly tenant: TenantId; readonly user: UserId }): boolean {
    return this.isTenantShut(tenant) || typeof this.account(user)?.suspendedAtMs === "number";
  }

  /** The key that a person's browser seals with, wrapped; undefined when they have none. */
  seal(user: UserId): SealRow | undefined {
    return this.#state.seals.get(user);
  }

  grant(id: GrantId): GrantRow | undefined {
    return this.#state.grants.get(id);
  }

  /** A way in besides the password, by its hash; one that has ended too. */
  way(hash: string): WayRow | undefined {
    return this.#state.ways.get(hash);
  }

  /** Ways in of a person that have not ended, oldest first. */
  waysOf(user: UserId): readonly WayRow[] {
    const rows = rowsOf(this.#waysOf.get(user), this.#state.ways);
    return rows.filter((row) => row.user === user && row.endedAtMs === null);
  }

  /** Keys that a person made, oldest first. */
  keysOf(user: UserId): readonly ApiKeyRow[] {
    return rowsOf(this.#keysOf.get(user), this.#state.keys);
  }

  /** Grants that a person gave, oldest first. */
  grantsFrom(user: UserId): readonly GrantRow[] {
    return rowsOf(this.#grantsFrom.get(user), this.#state.grants);
  }

  /** Grants that a person was given, oldest first. */
  grantsTo(user: UserId): readonly GrantRow[] {
    return rowsOf(this.#grantsTo.get(user), this.#state.grants);
  }

  /** Writes a state. `late`: another state of the same thing came between, look again. Throws errors of the log. */
  async put(event: AccessEvent): Promise<"done" | "late"> {
    const subject = accessSubject(event);
    const record = { key: encodeText(subject), value: encodeEvent(event), timestampMs: event.at };
    const baseOffset = await this.#follower.append([record]);
    return this.#stands.get(subject) === baseOffset ? "done" : "late";
  }

  /**
   * Takes away everything of a person: factors, role, ways in, the key they seal with, keys they made, apps they let in, grants they gave
   * and were given. Durable.
   */
  async remove(user: UserId): Promise<void> {
    const subjects = [
      `factors/${user}`,
      `account/${user}`,
      ...rowsOf(this.#waysOf.get(user), this.#state.ways)
        .filter((row) => row.user === user)
        .map(({ way }) => `way/${way}`),
      `seal/${user}`,
      ...this.keysOf(user).map(({ key }) => `key/${key}`),
      ...this.appsOf(user).map(({ key }) => `app/${key}`),
      ...[...this.grantsFrom(user), ...this.grantsTo(user)].map(({ grant }) => `grant/${grant}`),
    ];
    await this.#takeAway(subjects);
  }

  /** Takes an app away whose code was never exchanged. Durable. */
  async forgetApp(id: ApiKeyId): Promise<void> {
    await this.#takeAway([`app/${id}`]);
  }

  async #takeAway(subjects: readonly string[]): Promise<void> {
    const records = subjects.map((subject) => ({ key: encodeText(subject), value: null, timestampMs: this.nowMs() }));
    await this.#follower.append(records);
  }

  #foldRecord({ offset, key, value }: StoredRecord): void {
    const subject = Buffer.from(key ?? []).toString("latin1");
    if (value === null) {
      foldAccessTombstone(this.#state, subject);
      this.#stands.delete(subject);
      return;
    }
    const decoded = decodeEvent(value);
    const event = decoded.type === "event" && isAccessEvent(decoded.event) ? decoded.event : undefined;
    if (event === undefined || accessSubject(event) !== subject) {
      this.#unreadable++;
      return;
    }
    this.#latestMs = Math.max(this.#latestMs, event.at);
    if (!foldAccess(this.#state, event)) return;
    this.#stands.set(subject, offset);
    if (event.type === "access.key") {
      addTo(this.#keysOf, event.user, event.key);
      this.#keysByHash.set(event.hash, event.key);
    }
    if (event.type === "access.app") addTo(this.#appsOf, event.user, event.key);
    if (event.type === "access.way") addTo(this.#waysOf, event.user, event.way);
    if (event.type !== "access.grant") return;
    addTo(this.#grantsFrom, event.user, event.grant);
    addTo(this.#grantsTo, event.to, event.grant);
  }
}

function addTo<Id>(index: Map<UserId, Set<Id>>, user: UserId, id: Id): void {
  const known = index.get(user);
  if (known === undefined) index.set(user, new Set([id]));
  else known.add(id);
}

function rowsOf<Id, Row>(ids: ReadonlySet<Id> | undefined, rows: ReadonlyMap<Id, Row>): readonly Row[] {
  if (ids === undefined) return [];
  return [...ids].map((id) => rows.get(id)).filter((row) => row !== undefined);
}

function isAccessEvent(event: { readonly type: string }): event is AccessEvent {
  return event.type.startsWith("access.");
}
