/**
 * Ways in besides the password, as they are kept: passkeys, a confirmed e-mail address, accounts at providers.
 *
 * Guarantees: what is outside of here stands under a hash of it and belongs to one person at a time; details are sealed under that
 * person's key and go with it; of two that change one way at once, one is told to look again.
 */
import { createHash } from "node:crypto";

import { EVENT_VERSION, type TenantId, type UserId } from "@kaelix/model";

import { securityErrors } from "../errors.ts";
import type { Keystore } from "../keys/keystore.ts";
import type { AccessRegister } from "./access-register.ts";
import type { WayRow } from "./rows.ts";

/** Whose way it is. */
export interface WayOwner {
  readonly tenantId: TenantId;
  readonly userId: UserId;
}

interface WayTools {
  readonly register: AccessRegister;
  readonly keystore: Keystore;
}

/** All ways in. */
export class Ways {
  readonly #tools: WayTools;

  constructor(tools: WayTools) {
    this.#tools = tools;
  }

  /** A way in that has not ended. */
  find(kind: WayRow["kind"], way: string): WayRow | undefined {
    const row = this.#tools.register.way(way);
    return row?.kind === kind && row.endedAtMs === null ? row : undefined;
  }

  /** Ways of one kind of a person, oldest first. */
  of({ tenantId, userId }: WayOwner, kind: WayRow["kind"]): readonly WayRow[] {
    return this.#tools.register.waysOf(userId).filter((row) => row.kind === kind && row.tenant === tenantId);
  }

  /** Adds a way in. `taken`: it is somebody's already. Throws errors of the log. */
  async add(
    owner: WayOwner,
    { kind, way, details, counter }: Pick<WayRow, "kind" | "way" | "counter"> & { readonly details: object },
  ): Promise<WayRow | "taken"> {
    const { register, keystore } = this.#tools;
    const before = register.way(way);
    if (before !== undefined && before.endedAtMs === null) return "taken";
    const { tenantId: tenant, userId: user } = owner;
    const place = { user, purpose: "factor", subject: `way/${way}` } as const;
    const sealed = (await keystore.sealForUser(place, Buffer.from(JSON.stringify(details)))).toString("base64url");
    const times = { createdAtMs: register.nowMs(), usedAtMs: null, endedAtMs: null };
    const row = { way, tenant, user, revision: (before?.revision ?? 0) + 1, kind, sealed, counter, ...times };
    return (await this.#put(row)) === "done" ? row : "taken";
  }

  /** Notes that it was used now. `late`: it was changed at the same time. */
  async used(row: WayRow, counter = row.counter): Promise<"done" | "late"> {
    const usedAtMs = this.#tools.register.nowMs();
    return this.#put({ ...row, revision: row.revision + 1, counter, usedAtMs });
  }

  /** Ends a way in. Throws `access-busy`. */
  async end(row: WayRow): Promise<void> {
    const endedAtMs = this.#tools.register.nowMs();
    const outcome = await this.#put({ ...row, revision: row.revision + 1, endedAtMs });
    if (outcome === "late") throw securityErrors("access-busy");
  }

  /** The sealed details of a way in, by name. Throws `key-damaged`. */
  async details({ user, way, sealed }: WayRow): Promise<ReadonlyMap<string, unknown>> {
    const place = { user, purpose: "factor", subject: `way/${way}` } as const;
    const opened = await this.#tools.keystore.openForUser(place, Buffer.from(sealed, "base64url"));
    if (opened.type === "opened") return new Map(Object.entries(JSON.parse(opened.bytes.toString()) ?? {}));
    throw securityErrors("key-damaged", { message: "Cannot open how somebody signs in: it is damaged" });
  }

  #put(row: WayRow): Promise<"done" | "late"> {
    const { way, tenant, user, revision, kind, sealed, counter, createdAtMs, usedAtMs, endedAtMs } = row;
    return this.#tools.register.put({
      type: "access.way",
      v: EVENT_VERSION,
      at: this.#tools.register.nowMs(),
      tenant,
      user,
      revision,
      way,
      kind,
      sealed,
      counter,
      created_at: createdAtMs,
      used_at: usedAtMs,
      ended_at: endedAtMs,
    });
  }
}

/** The hash that something which is random by itself stands under. */
export function wayHash(kind: WayRow["kind"], ...parts: readonly string[]): string {
  return createHash("sha256")
    .update(JSON.stringify([kind, ...parts]))
    .digest("base64url");
}
