/**
 * The person behind a program's key or token. Guarantees: who was suspended, erased or moved is nobody from the same moment; the rest of
 * the row may be a second old, for this is asked with every request.
 */
import type { Clock } from "@kaelix/base";
import type { TenantId, UserId } from "@kaelix/model";

import type { UserRow } from "../identity/rows.ts";
import type { AccessRegister } from "./access-register.ts";

const RECHECK_MS = 1_000;
const USERS_MAX = 10_000;

interface KeyOwnerTools {
  readonly register: AccessRegister;
  readonly clock: Clock;
  readonly user: (id: UserId) => Promise<UserRow | undefined>;
}

/** People as their programs need them. */
export class KeyOwners {
  readonly #tools: KeyOwnerTools;
  readonly #users = new Map<UserId, { readonly row: UserRow | undefined; readonly checkedMs: number }>();

  constructor(tools: KeyOwnerTools) {
    this.#tools = tools;
  }

  /** The person, with the role they have now; undefined when nobody may act for them. */
  async present({
    user: id,
    tenant,
  }: {
    readonly user: UserId;
    readonly tenant: TenantId;
  }): Promise<UserRow | undefined> {
    const row = await this.#row(id);
    const { register } = this.#tools;
    if (row === undefined || row.tenant !== tenant || register.isShut(row)) return undefined;
    return { ...row, role: register.account(id)?.role ?? row.role };
  }

  async #row(id: UserId): Promise<UserRow | undefined> {
    const nowMs = this.#tools.clock.monotonicMs();
    const known = this.#users.get(id);
    if (known !== undefined && nowMs - known.checkedMs < RECHECK_MS) return known.row;
    const row = await this.#tools.user(id);
    this.#users.delete(id);
    this.#users.set(id, { row, checkedMs: nowMs });
    for (const oldest of this.#users.keys()) {
      if (this.#users.size <= USERS_MAX) break;
      this.#users.delete(oldest);
    }
    return row;
  }
}
