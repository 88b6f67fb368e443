/** The beginning and the end of an account, as events. */
import type { Clock } from "@kaelix/base";
import { EVENT_VERSION, type TenantId, type UserId, type UserRegistered } from "@kaelix/model";

import type { AccessRegister } from "../access/access-register.ts";
import { securityErrors } from "../errors.ts";
import type { IdentityJournal } from "./journal.ts";
import type { Members } from "./members.ts";
import type { InviteRow, UserRow } from "./rows.ts";
import type { Sessions } from "./sessions.ts";
import type { IdentityStore } from "./store.ts";

const PAGE = 500;

/** What ending an account works with. */
interface AccountParts {
  readonly register: AccessRegister;
  readonly journal: IdentityJournal;
  readonly store: IdentityStore;
  readonly sessions: Sessions;
  readonly members: Pick<Members, "hasOtherOwner" | "tenants">;
  readonly clock: Clock;
}

/** Ends accounts. Keys and memories are the eraser's. */
export class Accounts {
  readonly #parts: AccountParts;

  constructor(parts: AccountParts) {
    this.#parts = parts;
  }

  /**
   * Looks whether an account may end: an installation that others use must keep its owner.
   * @throws `account-last-owner`
   */
  async checkMayEnd(user: UserId): Promise<void> {
    const { members, store } = this.#parts;
    const row = await store.user(user);
    if (row?.role !== "owner" || (await store.users(2, undefined, row.tenant)).length <= 1) return;
    if (!(await members.hasOtherOwner(row.tenant, user))) throw securityErrors("account-last-owner");
  }

  /** Ends every session of an account, so that nothing more is told to it or read from it. */
  async endSessions(user: UserId): Promise<void> {
    const { sessions, store } = this.#parts;
    for (const { session } of await store.activeSessions(user)) await sessions.revoke(session, "all");
  }

  /** Ends every session there is, of every organisation; not those that begin meanwhile. */
  async endEverySession(): Promise<void> {
    const { clock, sessions, store } = this.#parts;
    const nowMs = clock.nowMs();
    for (let rows = await store.users(PAGE); rows.length > 0; rows = await store.users(PAGE, rows.at(-1))) {
      for (const { user } of rows) {
        const all = await store.activeSessions(user);
        for (const { session, startedAtMs } of all) if (startedAtMs <= nowMs) await sessions.revoke(session, "all");
      }
    }
  }

  /** Organisations: one of them ends with all accounts in it. */
  get tenants(): Members["tenants"] {
    return this.#parts.members.tenants;
  }

  /**
   * Takes an account out of the installation: second factors, keys of programs, shares, then the person. Doing it again changes nothing.
   * @returns the offset on topic `identity` at which it ended
   */
  async end(tenant: TenantId, user: UserId): Promise<number> {
    const { clock, journal, register } = this.#parts;
    await register.remove(user);
    const offset = await journal.append([{ type: "user.erased", v: EVENT_VERSION, at: clock.nowMs(), tenant, user }]);
    await journal.folded(offset);
    return offset;
  }
}

/** The event of a sign-up. */
export function registration(row: UserRow, invite: InviteRow | undefined): UserRegistered {
  const { user, tenant, role, phone, password, sealed, registeredAtMs } = row;
  return {
    type: "user.registered",
    v: EVENT_VERSION,
    at: registeredAtMs,
    tenant,
    user,
    role,
    phone,
    password,
    invite: invite?.invite ?? null,
    sealed,
  };
}
