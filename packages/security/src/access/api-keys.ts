/**
 * Keys for programs: agents that act for a person, services that act for nobody.
 *
 * Guarantees: a key is shown once and kept as a hash; a key that does not exist and a wrong secret of one that does are the
 * same miss; what has ended or expired stays so after a restart and after the clock was set back; an agent never reaches above
 * level 2, whatever its person has unlocked, and a new one reads nothing that another program wrote unless it is asked for. Last use is
 * kept within ten minutes.
 */
import { type Clock, KeyedLock, type RandomSource } from "@kaelix/base";
import {
  type AccessKey,
  type ApiKeyId,
  EVENT_VERSION,
  type KeyReach,
  type Level,
  LEVEL_INDEXED_MAX,
  makeId,
  type TenantId,
  type UserId,
} from "@kaelix/model";

import { securityErrors } from "../errors.ts";
import { parseName } from "../identity/parse.ts";
import type { UserRow } from "../identity/rows.ts";
import type { Keystore } from "../keys/keystore.ts";
import { ACTIONS, type Action, parseAction } from "../policy/actions.ts";
import type { AgentSubject, ServiceSubject } from "../policy/subjects.ts";
import type { AccessRegister } from "./access-register.ts";
import { hashApiKey, makeApiKey, parseApiKey } from "./api-key-format.ts";
import type { KeyOwners } from "./key-owners.ts";
import { isUseDue, programPlace } from "./program-rows.ts";
import type { ApiKeyRow } from "./rows.ts";

/** What somebody wants a key for. */
export interface ApiKeyRequest {
  /** As typed, for the list. */
  readonly name: string;
  readonly kind: "agent" | "service";
  /** Names of actions that such a key may have. */
  readonly scopes: readonly string[];
  /** 1 or 2; default 1. A service has no use for it. */
  readonly ceiling?: Level;
  /** Whose words it reads; default `person`. A service has no use for it. */
  readonly reach?: KeyReach;
  /** Epoch ms; null: it does not expire. */
  readonly expiresAtMs: number | null;
}

/** A key in its maker's list. Times are epoch ms. */
export interface ApiKeyInfo {
  readonly key: ApiKeyId;
  readonly name: string;
  readonly kind: "agent" | "service";
  readonly scopes: readonly string[];
  readonly ceiling: Level;
  readonly reach: KeyReach;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly usedAtMs: number | null;
  readonly state: "open" | "expired" | "ended";
}

/** Who is behind a key, or why nobody is. */
export type AuthenticatedKey =
  | { readonly type: "key"; readonly subject: AgentSubject | ServiceSubject }
  | { readonly type: "refused"; readonly why: "malformed" | "unknown" | "expired" | "ended" };

interface ApiKeyTools {
  readonly register: AccessRegister;
  readonly keystore: Keystore;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly owners: KeyOwners;
}

interface Owner {
  readonly tenantId: TenantId;
  readonly userId: UserId;
}

const KEYS_PER_USER_MAX = 100;

/** All keys. */
export class ApiKeys {
  readonly #tools: ApiKeyTools;
  readonly #lock = new KeyedLock();

  constructor(tools: ApiKeyTools) {
    this.#tools = tools;
  }

  /**
   * Makes a key.
   * @returns the key itself, known only here and now
   * @throws `api-key-invalid`
   */
  async create(owner: Owner, request: ApiKeyRequest): Promise<{ readonly key: string; readonly info: ApiKeyInfo }> {
    const { register, keystore, random } = this.#tools;
    const { kind, expiresAtMs, reach = "person" } = request;
    const nowMs = register.nowMs();
    const name = parseName(request.name);
    const scopes = request.scopes.map(parseAction);
    const ceiling = request.ceiling ?? 1;
    if (name === undefined) throw invalid("its name must have 1 to 200 letters");
    const wrong = scopes.findIndex((scope) => scope === undefined || !ACTIONS[scope].keys.includes(kind));
    if (wrong >= 0 || scopes.length === 0) {
      throw invalid(
        `its scopes must be actions that a key of kind ${kind} may have: ${allowedScopes(kind).join(", ")}`,
      );
    }
    if (ceiling > LEVEL_INDEXED_MAX)
      throw invalid(`its level is ${ceiling}, must be 1 or 2: no program can prove presence`);
    if (expiresAtMs !== null && expiresAtMs <= nowMs) throw invalid("its end is in the past");
    if (this.#rowsOf(owner).length >= KEYS_PER_USER_MAX) throw invalid(`there are ${KEYS_PER_USER_MAX} already`);
    const key = makeId("key", nowMs, random);
    const secret = makeApiKey(key, random);
    const sealed = await keystore.sealForUser(programPlace(owner.userId, key), Buffer.from(name));
    const row: ApiKeyRow = {
      key,
      tenant: owner.tenantId,
      user: owner.userId,
      revision: 0,
      kind,
      sealed: sealed.toString("base64url"),
      hash: hashApiKey(secret).toString("base64url"),
      scopes: [...new Set(request.scopes)],
      ceiling,
      reach,
      createdAtMs: nowMs,
      expiresAtMs,
      usedAtMs: null,
      endedAtMs: null,
    };
    await this.#put(row);
    return { key: secret, info: await this.#info(row) };
  }

  /** The keys of a person, newest first. */
  async list(owner: Owner): Promise<readonly ApiKeyInfo[]> {
    const rows = this.#rowsOf(owner).toReversed();
    return Promise.all(rows.map(async (row) => this.#info(row)));
  }

  /** What a key of this person is called; undefined for any other. */
  async nameOf(owner: Owner, key: ApiKeyId): Promise<string | undefined> {
    const row = this.#tools.register.key(key);
    if (row === undefined || row.user !== owner.userId || row.tenant !== owner.tenantId) return undefined;
    return (await this.#info(row)).name;
  }

  /** Ends a key; from the moment this returns it opens nothing. Throws `api-key-missing` also for another person's. */
  async end(owner: Owner, key: ApiKeyId): Promise<void> {
    await this.#lock.run(key, async () => {
      const row = this.#tools.register.key(key);
      if (row === undefined || row.user !== owner.userId || row.tenant !== owner.tenantId) {
        throw securityErrors("api-key-missing");
      }
      if (row.endedAtMs === null) await this.#put({ ...row, endedAtMs: this.#tools.register.nowMs() });
    });
  }

  /** Who is behind a key. Never throws for a bad one. */
  async authenticate(typed: string): Promise<AuthenticatedKey> {
    const { register } = this.#tools;
    const id = parseApiKey(typed);
    if (id === undefined) return { type: "refused", why: "malformed" };
    // Looked for by its hash and not by its id: a wrong secret of a key that exists is not found just as one that never was.
    const row = register.keyByHash(hashApiKey(typed).toString("base64url"));
    if (row === undefined || row.key !== id) return { type: "refused", why: "unknown" };
    if (row.endedAtMs !== null) return { type: "refused", why: "ended" };
    const nowMs = register.nowMs();
    if (row.expiresAtMs !== null && row.expiresAtMs <= nowMs) {
      // Its end is written down, so that no clock set back opens it again.
      await this.#touch(id, (fresh) =>
        fresh.endedAtMs === null ? { ...fresh, endedAtMs: fresh.expiresAtMs } : undefined,
      );
      return { type: "refused", why: "expired" };
    }
    const user = await this.#tools.owners.present(row);
    if (user === undefined) return { type: "refused", why: "ended" };
    if (isUseDue(row, nowMs)) {
      // Not waited for: what a use is worth is not worth a disk's time.
      void this.#touch(id, (fresh) => (isUseDue(fresh, nowMs) ? { ...fresh, usedAtMs: nowMs } : undefined));
    }
    return { type: "key", subject: subjectOf(row, user) };
  }

  /** Changes a key's times. A log that refuses keeps nobody from working: the key opens or not by what stands. */
  async #touch(id: ApiKeyId, change: (row: ApiKeyRow) => ApiKeyRow | undefined): Promise<void> {
    await this.#lock
      .run(id, async () => {
        const row = this.#tools.register.key(id);
        const next = row === undefined ? undefined : change(row);
        if (next !== undefined) await this.#put(next);
      })
      .catch(() => undefined);
  }

  #rowsOf(owner: Owner): ApiKeyRow[] {
    return [...this.#tools.register.keysOf(owner.userId)].filter((row) => row.tenant === owner.tenantId);
  }

  async #put(row: ApiKeyRow): Promise<void> {
    const { register, clock } = this.#tools;
    const { key, tenant, user, kind, sealed, hash, scopes, ceiling, reach } = row;
    const event: AccessKey = {
      type: "access.key",
      v: EVENT_VERSION,
      at: clock.nowMs(),
      tenant,
      user,
      revision: row.revision + 1,
      key,
      kind,
      sealed,
      hash,
      scopes,
      ceiling,
      reach,
      created_at: row.createdAtMs,
      expires_at: row.expiresAtMs,
      used_at: row.usedAtMs,
      ended_at: row.endedAtMs,
    };
    if ((await register.put(event)) === "late") throw securityErrors("access-busy");
  }

  async #info(row: ApiKeyRow): Promise<ApiKeyInfo> {
    const { register, keystore } = this.#tools;
    const { key, kind, scopes, ceiling, reach, createdAtMs, expiresAtMs, usedAtMs } = row;
    const opened = await keystore.openForUser(programPlace(row.user, key), Buffer.from(row.sealed, "base64url"));
    const name = opened.type === "opened" ? opened.bytes.toString() : "?";
    const isExpired = expiresAtMs !== null && expiresAtMs <= register.nowMs();
    const state = isExpired ? "expired" : row.endedAtMs === null ? "open" : "ended";
    return { key, name, kind, scopes, ceiling, reach, createdAtMs, expiresAtMs, usedAtMs, state };
  }
}

function subjectOf(row: ApiKeyRow, user: UserRow): AgentSubject | ServiceSubject {
  const scopes = row.scopes.map(parseAction).filter((scope) => scope !== undefined);
  const base = { tenantId: row.tenant, keyId: row.key, scopes };
  if (row.kind === "service") return { type: "service", ...base };
  const ceiling = row.ceiling < LEVEL_INDEXED_MAX ? row.ceiling : LEVEL_INDEXED_MAX;
  return { type: "agent", ...base, userId: row.user, role: user.role, ceiling, reach: row.reach };
}

function allowedScopes(kind: "agent" | "service"): readonly Action[] {
  // The names come from the table itself.
  return (Object.keys(ACTIONS) as Action[]).filter((name) => ACTIONS[name].keys.includes(kind));
}

function invalid(why: string): Error {
  return securityErrors("api-key-invalid", { message: `Cannot make the key: ${why}` });
}
