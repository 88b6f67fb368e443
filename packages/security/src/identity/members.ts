/**
 * Who belongs to an installation, as its administrators see them: names, roles, invitations. No content of anybody.
 *
 * Guarantees: a role and a suspension hold from the next request on, also for keys of programs, and after a restart; an installation always
 * keeps an owner who can sign in; an administrator changes members and guests alone, owners change everybody. Changes are durable on the
 * log before this answers.
 */
import { type Clock, KeyedLock, type RandomSource } from "@kaelix/base";
import {
  EVENT_VERSION,
  type InviteCreated,
  type InviteId,
  makeId,
  type Role,
  type TenantId,
  type UserId,
  type UserPrincipal,
} from "@kaelix/model";

import { type AccountChange, accountEvent, AS_REGISTERED } from "../access/account-event.ts";
import type { AccessRegister } from "../access/access-register.ts";
import { securityErrors } from "../errors.ts";
import { hashCode, makeInviteCode } from "./codes.ts";
import type { Invitation } from "./identity-types.ts";
import type { IdentityJournal } from "./journal.ts";
import type { InviteRow, UserRow } from "./rows.ts";
import type { IdentityStore } from "./store.ts";
import { Tenants } from "./tenants.ts";

/** Somebody of an installation. Times are epoch ms. */
export interface Member {
  readonly user: UserId;
  readonly name: string;
  readonly phone: string;
  readonly role: Role;
  readonly registeredAtMs: number;
  /** When one of their devices was used last; null when none is signed in. */
  readonly seenAtMs: number | null;
  readonly suspendedAtMs: number | null;
}

/** An invitation without its code. */
export interface InviteInfo {
  readonly invite: InviteId;
  readonly role: Role;
  readonly createdBy: UserId;
  readonly expiresAtMs: number;
  readonly usedBy: UserId | null;
  readonly state: "open" | "used" | "over";
}

interface MemberParts {
  readonly register: AccessRegister;
  readonly store: IdentityStore;
  readonly journal: IdentityJournal;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly endSessions: (user: UserId) => Promise<void>;
  /** Held while somebody signs up. */
  readonly signingUp: KeyedLock;
  readonly profile: (user: UserId) => Promise<{ readonly name: string; readonly phone: string }>;
}

const USERS_PAGE = 500;
const DAY_MS = 86_400_000;
const INVITE_DAYS = 7;
const INVITABLE: Readonly<Record<Role, readonly Role[]>> = {
  owner: ["admin", "member", "guest"],
  admin: ["member", "guest"],
  member: [],
  guest: [],
};
/** Whom a role may change, and to what. */
const CHANGES: Readonly<Record<Role, readonly Role[]>> = {
  owner: ["owner", "admin", "member", "guest"],
  admin: ["member", "guest"],
  member: [],
  guest: [],
};

/** The store with the role that each person has now. */
export function withRoles(store: IdentityStore, register: Pick<AccessRegister, "account">): IdentityStore {
  const now = (row: UserRow | undefined): UserRow | undefined =>
    row && { ...row, role: register.account(row.user)?.role ?? row.role };
  return {
    claimPhone: (phone, user) => store.claimPhone(phone, user),
    releasePhone: (phone, user) => store.releasePhone(phone, user),
    userByPhone: async (phone) => now(await store.userByPhone(phone)),
    user: async (id) => now(await store.user(id)),
    users: async (limit, after, tenant) => (await store.users(limit, after, tenant)).flatMap((row) => now(row) ?? []),
    tenants: () => store.tenants(),
    userCount: () => store.userCount(),
    session: (id) => store.session(id),
    activeSessions: (user) => store.activeSessions(user),
    invite: (codeHash) => store.invite(codeHash),
    invites: (tenant) => store.invites(tenant),
    caughtUp: (position) => store.caughtUp(position),
  };
}

/** Everybody of an installation. */
export class Members {
  readonly #parts: MemberParts;
  readonly #lock = new KeyedLock();
  /** The organisations that a house has people of. */
  readonly tenants: Tenants;

  constructor(parts: MemberParts) {
    this.#parts = parts;
    this.tenants = new Tenants({ ...parts, people: (tenant) => this.#rows(tenant) });
  }

  /** True for somebody who may not come in. */
  isSuspended(person: Pick<UserRow, "user" | "tenant">): boolean {
    return this.#parts.register.isShut(person);
  }

  /** Somebody who may come in; undefined for anybody else. */
  present(row: UserRow | undefined): UserRow | undefined {
    return row === undefined || this.isSuspended(row) ? undefined : row;
  }

  /** True when there is an owner besides somebody, who can sign in. */
  async hasOtherOwner(tenant: TenantId, besides: UserId): Promise<boolean> {
    for await (const row of this.#rows(tenant)) {
      if (row.user !== besides && row.role === "owner" && !this.isSuspended(row)) return true;
    }
    return false;
  }

  /** Everybody, in order of registration. */
  async list({ tenantId }: UserPrincipal): Promise<readonly Member[]> {
    const { profile, register, store } = this.#parts;
    const member = async ({ user, role, registeredAtMs }: UserRow): Promise<Member> => {
      const [{ name, phone }, [latest]] = await Promise.all([profile(user), store.activeSessions(user)]);
      const suspendedAtMs = register.account(user)?.suspendedAtMs ?? null;
      return { user, name, phone, role, registeredAtMs, seenAtMs: latest?.usedAtMs ?? null, suspendedAtMs };
    };
    const members: Member[] = [];
    for await (const page of this.#pages(tenantId)) members.push(...(await Promise.all(page.map(member))));
    return members;
  }

  /** Gives somebody another role. Throws `policy-hidden`, `member-protected`, `member-last-owner`. */
  async setRole(principal: UserPrincipal, user: UserId, role: Role): Promise<void> {
    if (!CHANGES[principal.role].includes(role)) throw securityErrors("member-protected");
    await this.#change(principal, user, (before) => ({ ...before, role }));
  }

  /** Keeps somebody out until they are let in again: their sessions end, their keys open nothing. Throws as `setRole`. */
  async suspend(principal: UserPrincipal, user: UserId): Promise<void> {
    const nowMs = this.#parts.register.nowMs();
    await this.#change(principal, user, (before) => ({ ...before, suspendedAtMs: before.suspendedAtMs ?? nowMs }));
    await this.#parts.endSessions(user);
  }

  /** Lets somebody in again. Throws as `setRole`. */
  async restore(principal: UserPrincipal, user: UserId): Promise<void> {
    await this.#change(principal, user, (before) => ({ ...before, suspendedAtMs: null }));
  }

  /** Invites somebody; the code is shown once. Throws `identity-role-invalid` when the principal may not invite to the role. */
  async invite(principal: UserPrincipal, role: Role): Promise<Invitation> {
    const { clock, journal, random } = this.#parts;
    if (!INVITABLE[principal.role].includes(role)) throw securityErrors("identity-role-invalid");
    const nowMs = clock.nowMs();
    const code = makeInviteCode(random);
    const event: InviteCreated = {
      type: "invite.created",
      v: EVENT_VERSION,
      at: nowMs,
      tenant: principal.tenantId,
      user: principal.userId,
      invite: makeId("inv", nowMs, random),
      role,
      code: hashCode(code),
      expires_at: nowMs + INVITE_DAYS * DAY_MS,
    };
    await journal.folded(await journal.append([event]));
    return { invite: event.invite, code, role, expiresAtMs: event.expires_at };
  }

  /** Invitations, newest first. */
  async invites({ tenantId }: UserPrincipal): Promise<readonly InviteInfo[]> {
    const nowMs = this.#parts.clock.nowMs();
    const rows = await this.#parts.store.invites(tenantId);
    return rows.map((row) => ({ ...infoOf(row), state: stateOf(row, nowMs) }));
  }

  /** Ends an invitation: its code lets nobody in from then on. Throws `invite-missing`. */
  async endInvite(principal: UserPrincipal, invite: InviteId): Promise<void> {
    const { clock, journal, store } = this.#parts;
    const row = (await store.invites(principal.tenantId)).find((one) => one.invite === invite);
    if (row === undefined) throw securityErrors("invite-missing");
    if (stateOf(row, clock.nowMs()) !== "open") return;
    const { tenantId: tenant, userId: user } = principal;
    const event = { type: "invite.revoked", v: EVENT_VERSION, at: clock.nowMs(), tenant, user, invite } as const;
    await journal.folded(await journal.append([event]));
  }

  async #change(principal: UserPrincipal, user: UserId, to: (before: AccountChange) => AccountChange): Promise<void> {
    // One at a time: two owners must not take the role from each other at once.
    await this.#lock.run(principal.tenantId, async () => {
      const { register, store, clock } = this.#parts;
      const row = await store.user(user);
      const { tenantId: tenant } = principal;
      if (row === undefined || row.tenant !== tenant) throw securityErrors("policy-hidden");
      if (!CHANGES[principal.role].includes(row.role)) throw securityErrors("member-protected");
      const before = register.account(user);
      const next = to(before ?? AS_REGISTERED);
      const staysOwner = (next.role ?? row.role) === "owner" && next.suspendedAtMs === null;
      if (row.role === "owner" && !staysOwner && !(await this.hasOtherOwner(tenant, user))) {
        throw securityErrors("member-last-owner");
      }
      const event = accountEvent({ tenant, user, atMs: clock.nowMs() }, before, next);
      if ((await register.put(event)) === "late") throw securityErrors("access-busy");
    });
  }

  async *#rows(tenant: TenantId): AsyncIterable<UserRow> {
    for await (const page of this.#pages(tenant)) yield* page;
  }

  async *#pages(tenant: TenantId): AsyncIterable<readonly UserRow[]> {
    const { store } = this.#parts;
    let page = await store.users(USERS_PAGE, undefined, tenant);
    while (page.length > 0) {
      yield page;
      page = await store.users(USERS_PAGE, page.at(-1), tenant);
    }
  }
}

function infoOf({ invite, role, createdBy, expiresAtMs, usedBy }: InviteRow): Omit<InviteInfo, "state"> {
  return { invite, role, createdBy, expiresAtMs, usedBy };
}

function stateOf(row: InviteRow, nowMs: number): InviteInfo["state"] {
  if (row.usedBy !== null) return "used";
  return row.expiresAtMs > nowMs ? "open" : "over";
}
