/**
 * The organisations of a house. One is there from the moment that somebody is invited to own it: there is no list of them beside the
 * people and the invitations, so that a view made anew from the log knows the same ones.
 *
 * Guarantees: whoever signs up with the code owns that organisation and nothing else; an organisation that has people is never given to
 * somebody new from outside; what is answered is durable on the log and folded. It does not: look into an organisation, or end one.
 */
import { type Clock, KeyedLock, type RandomSource } from "@kaelix/base";
import { EVENT_VERSION, type InviteCreated, makeId, parseTenantId, type TenantId } from "@kaelix/model";

import { securityErrors } from "../errors.ts";
import { SYSTEM_USER } from "../keys/keystore-types.ts";
import { hashCode, makeInviteCode } from "./codes.ts";
import type { Invitation } from "./identity-types.ts";
import type { IdentityJournal } from "./journal.ts";
import type { TenantRow } from "./rows.ts";
import type { IdentityStore } from "./store.ts";

interface TenantParts {
  readonly store: IdentityStore;
  readonly journal: IdentityJournal;
  readonly clock: Clock;
  readonly random: RandomSource;
}

const DAY_MS = 86_400_000;
const INVITE_DAYS = 7;

/** Organisations: which there are, and making one. */
export class Tenants {
  readonly #parts: TenantParts;
  readonly #lock = new KeyedLock();

  constructor(parts: TenantParts) {
    this.#parts = parts;
  }

  /** Every organisation by name, with how many people it has. */
  list(): Promise<readonly TenantRow[]> {
    return this.#parts.store.tenants();
  }

  /**
   * Makes an organisation, by inviting its owner. Asked again while nobody has come, the code is a new one and the old one is void.
   * @returns the invitation with its code, shown this once
   * @throws `tenant-invalid`, `tenant-taken`
   */
  async add(name: string): Promise<Invitation & { readonly tenant: TenantId }> {
    const tenant = parseTenantId(name);
    if (tenant === undefined) throw securityErrors("tenant-invalid");
    return this.#lock.run(tenant, () => this.#invite(tenant));
  }

  async #invite(tenant: TenantId): Promise<Invitation & { readonly tenant: TenantId }> {
    const { clock, journal, random, store } = this.#parts;
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
    const open = (await store.invites(tenant)).filter((row) => row.usedBy === null && row.expiresAtMs > nowMs);
    const ended = open.map(({ invite }) => ({ type: "invite.revoked", ...base, invite }) as const);
    await journal.folded(await journal.append([...ended, event]));
    return { tenant, invite: event.invite, code, role: "owner", expiresAtMs: event.expires_at };
  }
}
