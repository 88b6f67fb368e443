/**
 * The organisations of a house. One is there from the moment that somebody is invited to own it: there is no list of them beside the
 * people and the invitations, so that a view made anew from the log knows the same ones. What became of one stands on topic `access`.
 *
 *     there ──► suspended ──► there      either ──► ended, for good
 *
 * Guarantees: whoever signs up with the code owns that organisation and nothing else; an organisation that has people is never given to
 * somebody new from outside; what is answered is durable on the log and folded; from the moment that one is suspended or ended nobody of
 * it comes in by any door, signs up, or has a session, a key or an app that opens anything, also after a restart; one that was ended stays
 * so, and its name is never used again, for an older backup may still bring people of that name who must be erased. The organisation that
 * runs the house is neither suspended nor ended. It does not: look into an organisation, or erase its people (`Erasures` does).
 */
import { type Clock, KeyedLock, type RandomSource } from "@kaelix/base";
import {
  type AccessTenant,
  DEFAULT_TENANT,
  EVENT_VERSION,
  type InviteCreated,
  type InviteRevoked,
  makeId,
  parseTenantId,
  type TenantId,
  type UserId,
} from "@kaelix/model";

import type { AccessRegister } from "../access/access-register.ts";
import { securityErrors } from "../errors.ts";
import { SYSTEM_USER } from "../keys/keystore-types.ts";
import { hashCode, makeInviteCode } from "./codes.ts";
import type { Invitation } from "./identity-types.ts";
import type { IdentityJournal } from "./journal.ts";
import type { InviteRow, TenantRow, UserRow } from "./rows.ts";
import type { IdentityStore } from "./store.ts";

/** An organisation as those who run the house see it, with what became of it. Times are epoch ms. */
export interface TenantInfo extends TenantRow {
  readonly suspendedAtMs: number | null;
  readonly endedAtMs: number | null;
}

interface TenantParts {
  readonly register: AccessRegister;
  /** Held while somebody signs up. */
  readonly signingUp: KeyedLock;
  readonly people: (tenant: TenantId) => AsyncIterable<UserRow>;
  readonly endSessions: (user: UserId) => Promise<void>;
  readonly store: IdentityStore;
  readonly journal: IdentityJournal;
  readonly clock: Clock;
  readonly random: RandomSource;
}

const DAY_MS = 86_400_000;
const INVITE_DAYS = 7;

type Standing = Pick<TenantInfo, "suspendedAtMs" | "endedAtMs">;

/** Organisations: which there are, making one, keeping one out, ending one. */
export class Tenants {
  readonly #parts: TenantParts;
  readonly #lock = new KeyedLock();

  constructor(parts: TenantParts) {
    this.#parts = parts;
  }

  /** Every organisation by name, with how many people it has. */
  async list(): Promise<readonly TenantInfo[]> {
    return (await this.#parts.store.tenants()).map((row) => ({ ...row, ...this.#standing(row.tenant) }));
  }

  /** True while nobody of it may come in: it is suspended, or was ended. */
  isShut(tenant: TenantId): boolean {
    return this.#parts.register.isTenantShut(tenant);
  }

  /** True for an invitation that lets somebody in now. */
  admits(invite: InviteRow | undefined): invite is InviteRow {
    const isOpen = invite?.usedBy === null && invite.expiresAtMs > this.#parts.clock.nowMs();
    return isOpen && !this.isShut(invite.tenant);
  }

  /**
   * Keeps everybody of it out until it goes on; their sessions end. Again changes nothing.
   * @throws `tenant-missing`, `tenant-protected`, `tenant-ended`
   */
  async suspend(name: string): Promise<TenantId> {
    const nowMs = this.#parts.register.nowMs();
    const tenant = await this.#change(name, (before) => ({ ...before, suspendedAtMs: before.suspendedAtMs ?? nowMs }));
    await this.#endSessions(tenant);
    return tenant;
  }

  /** Lets them in again. Again changes nothing. @throws as `suspend` */
  resume(name: string): Promise<TenantId> {
    return this.#change(name, (before) => ({ ...before, suspendedAtMs: null }));
  }

  /** The organisation of that name that may be ended. @throws as `suspend` */
  async endable(name: string): Promise<TenantId> {
    const tenant = await this.#known(name);
    if (this.#standing(tenant).endedAtMs !== null) throw securityErrors("tenant-ended");
    return tenant;
  }

  /** Ends it: nobody comes in any more, and no invitation of it is open. Again changes nothing. */
  async end(tenant: TenantId): Promise<void> {
    const { clock, journal, register } = this.#parts;
    const nowMs = register.nowMs();
    await this.#put(tenant, (before) => ({ ...before, endedAtMs: before.endedAtMs ?? nowMs }));
    const revoked = await this.#openRevoked(tenant, clock.nowMs());
    if (revoked.length > 0) await journal.folded(await journal.append(revoked));
    await this.#endSessions(tenant);
  }

  /** Everybody of an organisation. */
  people(tenant: TenantId): AsyncIterable<UserRow> {
    return this.#parts.people(tenant);
  }

  /**
   * Makes an organisation, by inviting its owner. Asked again while nobody has come, the code is a new one and the old one is void.
   * @returns the invitation with its code, shown this once
   * @throws `tenant-invalid`, `tenant-taken`, `tenant-ended`
   */
  async add(name: string): Promise<Invitation & { readonly tenant: TenantId }> {
    const tenant = parseTenantId(name);
    if (tenant === undefined) throw securityErrors("tenant-invalid");
    return this.#lock.run(tenant, () => this.#invite(tenant));
  }

  async #change(name: string, to: (before: Standing) => Standing): Promise<TenantId> {
    const tenant = await this.#known(name);
    await this.#put(tenant, (before) => {
      if (before.endedAtMs !== null) throw securityErrors("tenant-ended");
      return to(before);
    });
    return tenant;
  }

  /** Nobody signs up meanwhile: whoever comes in has come before it, and is among the people. */
  async #put(tenant: TenantId, to: (before: Standing) => Standing): Promise<void> {
    const { clock, register, signingUp } = this.#parts;
    await signingUp.run("sign-up", async () => {
      const before = this.#standing(tenant);
      const { endedAtMs, suspendedAtMs } = to(before);
      if (endedAtMs === before.endedAtMs && suspendedAtMs === before.suspendedAtMs) return;
      const revision = (register.tenant(tenant)?.revision ?? 0) + 1;
      const base = { v: EVENT_VERSION, at: clock.nowMs(), tenant, user: SYSTEM_USER, revision };
      const times = { suspended_at: suspendedAtMs, ended_at: endedAtMs };
      const event: AccessTenant = { type: "access.tenant", ...base, ...times };
      if ((await register.put(event)) === "late") throw securityErrors("access-busy");
    });
  }

  #standing(tenant: TenantId): Standing {
    const { endedAtMs = null, suspendedAtMs = null } = this.#parts.register.tenant(tenant) ?? {};
    return { suspendedAtMs, endedAtMs };
  }

  async #known(name: string): Promise<TenantId> {
    const row = (await this.#parts.store.tenants()).find(({ tenant }) => tenant === name);
    if (row === undefined) throw securityErrors("tenant-missing");
    if (row.tenant === DEFAULT_TENANT) throw securityErrors("tenant-protected");
    return row.tenant;
  }

  async #endSessions(tenant: TenantId): Promise<void> {
    for await (const { user } of this.people(tenant)) await this.#parts.endSessions(user);
  }

  async #invite(tenant: TenantId): Promise<Invitation & { readonly tenant: TenantId }> {
    const { clock, journal, random, store } = this.#parts;
    if (this.#standing(tenant).endedAtMs !== null) throw securityErrors("tenant-ended");
    if ((await store.users(1, undefined, tenant)).length > 0) throw securityErrors("tenant-taken");
    const nowMs = clock.nowMs();
    const code = makeInviteCode(random);
    // By the house: who of another organisation asked for it is not told here.
    const base = { v: EVENT_VERSION, at: nowMs, tenant, user: SYSTEM_USER } as const;
    const event: InviteCreated = {
      type: "invite.created",
      ...base,
      invite: makeId("inv", nowMs, random),
      role: "owner",
      code: hashCode(code),
      expires_at: nowMs + INVITE_DAYS * DAY_MS,
    };
    await journal.folded(await journal.append([...(await this.#openRevoked(tenant, nowMs)), event]));
    return { tenant, invite: event.invite, code, role: "owner", expiresAtMs: event.expires_at };
  }

  /** Events that take every open invitation of an organisation back. */
  async #openRevoked(tenant: TenantId, at: number): Promise<readonly InviteRevoked[]> {
    const base = { type: "invite.revoked", v: EVENT_VERSION, at, tenant, user: SYSTEM_USER } as const;
    const open = (await this.#parts.store.invites(tenant)).filter((row) => row.usedBy === null && row.expiresAtMs > at);
    return open.map(({ invite }) => ({ ...base, invite }));
  }
}
