/** The identity store in memory for this room's tests: folds the log with the same rules as every other adapter. */
import type { LogPosition } from "@kaelix/base";
import type { Log } from "@kaelix/log";
import {
  decodeEvent,
  type IdentityEvent,
  type InviteId,
  type SessionId,
  type TenantId,
  TOPICS,
  type UserId,
} from "@kaelix/model";

import { foldIdentity, identitySubject } from "../identity/fold.ts";
import type { InviteRow, SessionRow, TenantRow, UserRow } from "../identity/rows.ts";
import type { IdentityStore } from "../identity/store.ts";

/** Reads the log when it is asked to catch up. */
export class MemoryIdentityStore implements IdentityStore {
  readonly #log: Log;
  readonly #users = new Map<UserId, UserRow>();
  readonly #sessions = new Map<SessionId, SessionRow>();
  readonly #invites = new Map<InviteId, InviteRow>();
  readonly #phones = new Map<string, UserId>();
  #nextOffset = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  async claimPhone(phoneHash: string, user: UserId): Promise<"claimed" | "taken"> {
    if (this.#phones.has(phoneHash)) return "taken";
    this.#phones.set(phoneHash, user);
    return "claimed";
  }

  async releasePhone(phoneHash: string, user: UserId): Promise<void> {
    if (this.#phones.get(phoneHash) === user && !this.#users.has(user)) this.#phones.delete(phoneHash);
  }

  async userByPhone(phoneHash: string): Promise<UserRow | undefined> {
    const user = this.#phones.get(phoneHash);
    return user === undefined ? undefined : this.#users.get(user);
  }

  async user(id: UserId): Promise<UserRow | undefined> {
    return this.#users.get(id);
  }

  async userCount(): Promise<number> {
    return this.#users.size;
  }

  async session(id: SessionId): Promise<SessionRow | undefined> {
    return this.#sessions.get(id);
  }

  async invite(codeHash: string): Promise<InviteRow | undefined> {
    return [...this.#invites.values()].find((row) => row.code === codeHash);
  }

  async activeSessions(user: UserId): Promise<readonly SessionRow[]> {
    const rows = [...this.#sessions.values()].filter((row) => row.user === user && row.revoked === null);
    return rows.toSorted((left, right) => right.usedAtMs - left.usedAtMs);
  }

  async users(limit: number, after?: UserRow, tenant?: TenantId): Promise<readonly UserRow[]> {
    const rows = [...this.#users.values()].filter((row) => tenant === undefined || row.tenant === tenant);
    const from = after === undefined ? 0 : rows.findIndex((row) => row.user === after.user) + 1;
    return rows.slice(from, from + limit);
  }

  async tenants(): Promise<readonly TenantRow[]> {
    const invites = [...this.#invites.values()];
    const people = Map.groupBy(this.#users.values(), (row) => row.tenant);
    const names = new Set([...people.keys(), ...invites.map((row) => row.tenant)]);
    return [...names].toSorted().map((tenant) => {
      const open = invites.filter((row) => row.tenant === tenant && row.usedBy === null);
      const invitedUntilMs = open.length === 0 ? null : Math.max(...open.map((row) => row.expiresAtMs));
      return { tenant, people: people.get(tenant)?.length ?? 0, invitedUntilMs };
    });
  }

  async invites(tenant: TenantId): Promise<readonly InviteRow[]> {
    return [...this.#invites.values()].filter((row) => row.tenant === tenant).toReversed();
  }

  async caughtUp(position: LogPosition): Promise<void> {
    while (this.#nextOffset <= position.offset) {
      const batch = await this.#log.read(TOPICS.identity.name, 0, this.#nextOffset);
      for (const record of batch.records) {
        if (record.offset < this.#nextOffset || record.value === null) continue;
        const decoded = decodeEvent(record.value);
        if (decoded.type === "event") this.fold(decoded.event as IdentityEvent);
      }
      this.#nextOffset = Math.max(this.#nextOffset, batch.nextOffset);
    }
  }

  /** Folds one event. */
  fold(event: IdentityEvent): void {
    const { user, phone, session, invite } = identitySubject(event);
    const before = {
      user: user === undefined ? undefined : this.#users.get(user),
      phoneOwner: phone === undefined ? undefined : this.#registered(phone),
      session: session === undefined ? undefined : this.#sessions.get(session),
      invite: invite === undefined ? undefined : this.#invites.get(invite),
    };
    for (const change of foldIdentity(event, before)) {
      if (change.type === "put-user") {
        this.#users.set(change.row.user, change.row);
        this.#phones.set(change.row.phone, change.row.user);
      } else if (change.type === "put-session") this.#sessions.set(change.row.session, change.row);
      else if (change.type === "put-invite") this.#invites.set(change.row.invite, change.row);
      else if (change.type === "erase-user") this.#erase(change.user);
      else {
        const row = this.#invites.get(change.invite);
        if (row !== undefined) this.#invites.set(change.invite, { ...row, usedBy: change.user });
      }
    }
  }

  #erase(user: UserId): void {
    for (const [phone, owner] of this.#phones) if (owner === user) this.#phones.delete(phone);
    for (const [id, row] of this.#sessions) if (row.user === user) this.#sessions.delete(id);
    for (const [id, row] of this.#invites) if (row.createdBy === user) this.#invites.delete(id);
    this.#users.delete(user);
  }

  #registered(phone: string): UserId | undefined {
    const user = this.#phones.get(phone);
    return user !== undefined && this.#users.has(user) ? user : undefined;
  }

  /** Every row, for comparing two stores. */
  rows(): unknown {
    return [[...this.#users], [...this.#sessions], [...this.#invites]];
  }
}
