/**
 * Events of topic `access` → what stands. Pure: the same at every replay, compacted or not.
 *
 * Rules: a state replaces one of a lower revision and no other, so of two written at once the first on the log wins; whose a thing is
 * and what a key's hash is never change, but that a way in which has ended may become somebody else's; a step, a counter and the
 * generation of a refresh token never go back; what tokens are bound to stays; what else has ended stays ended.
 */
import type {
  AccessAccount,
  AccessApp,
  AccessEvent,
  AccessTenant,
  ApiKeyId,
  GrantId,
  KeyReach,
  TenantId,
  UserId,
} from "@kaelix/model";

import type { AccountRow, ApiKeyRow, AppRow, FactorsRow, GrantRow, SealRow, TenantStanding, WayRow } from "./rows.ts";

/** Everything that stands. */
export interface AccessState {
  readonly factors: Map<UserId, FactorsRow>;
  readonly keys: Map<ApiKeyId, ApiKeyRow>;
  readonly apps: Map<ApiKeyId, AppRow>;
  readonly grants: Map<GrantId, GrantRow>;
  readonly accounts: Map<UserId, AccountRow>;
  /** By the hash they stand under. */
  readonly ways: Map<string, WayRow>;
  readonly seals: Map<UserId, SealRow>;
  readonly tenants: Map<TenantId, TenantStanding>;
}

/** The record key that an event stands under on the compacted topic. */
export function accessSubject(event: AccessEvent): string {
  switch (event.type) {
    case "access.factors":
      return `factors/${event.user}`;
    case "access.key":
      return `key/${event.key}`;
    case "access.app":
      return `app/${event.key}`;
    case "access.grant":
      return `grant/${event.grant}`;
    case "access.way":
      return `way/${event.way}`;
    case "access.account":
      return `account/${event.user}`;
    case "access.seal":
      return `seal/${event.user}`;
    case "access.tenant":
      return `tenant/${event.tenant}`;
  }
}

/** Folds one event in place; false when it changes nothing. */
export function foldAccess(state: AccessState, event: AccessEvent): boolean {
  const { user, tenant, revision } = event;
  switch (event.type) {
    case "access.factors": {
      const before = state.factors.get(user);
      if (before !== undefined && (revision <= before.revision || before.tenant !== tenant)) return false;
      const { totp, recovery, sent = [] } = event;
      const step = Math.max(event.step, before?.step ?? 0);
      state.factors.set(user, { user, tenant, revision, totp, step, recovery, sent });
      return true;
    }
    case "access.key": {
      const before = state.keys.get(event.key);
      if (before !== undefined) {
        const isSame = before.user === user && before.tenant === tenant && before.hash === event.hash;
        if (revision <= before.revision || !isSame) return false;
      }
      const { key, kind, sealed, hash, scopes, ceiling } = event;
      const times = { createdAtMs: event.created_at, expiresAtMs: event.expires_at, usedAtMs: event.used_at };
      const endedAtMs = before?.endedAtMs ?? event.ended_at;
      const row = { key, tenant, user, revision, kind, sealed, hash, scopes, ceiling, ...times, endedAtMs };
      state.keys.set(key, { ...row, reach: reachOf(event) });
      return true;
    }
    case "access.app": {
      const row = appAfter(state.apps.get(event.key), event);
      if (row === undefined) return false;
      state.apps.set(event.key, row);
      return true;
    }
    case "access.account": {
      const before = state.accounts.get(user);
      if (before !== undefined && (revision <= before.revision || before.tenant !== tenant)) return false;
      const { role, suspended_at: suspendedAtMs, reset_at: resetAtMs = null } = event;
      state.accounts.set(user, { user, tenant, revision, role, suspendedAtMs, resetAtMs, held: heldOf(event) });
      return true;
    }
    case "access.way": {
      const before = state.ways.get(event.way);
      const isSame = before?.user === user && before.tenant === tenant && before.kind === event.kind;
      if (before !== undefined && (revision <= before.revision || (!isSame && before.endedAtMs === null))) return false;
      const { way, kind, sealed } = event;
      const counter = isSame ? Math.max(event.counter, before.counter) : event.counter;
      const times = { createdAtMs: event.created_at, usedAtMs: event.used_at, endedAtMs: event.ended_at };
      state.ways.set(way, { way, tenant, user, revision, kind, sealed, counter, ...times });
      return true;
    }
    case "access.seal": {
      const before = state.seals.get(user);
      if (before !== undefined && (revision <= before.revision || before.tenant !== tenant)) return false;
      state.seals.set(user, { user, tenant, revision, keyId: event.key_id, sealed: event.sealed });
      return true;
    }
    case "access.tenant":
      return foldTenant(state, event);
    case "access.grant": {
      const before = state.grants.get(event.grant);
      if (before !== undefined) {
        const isSame = before.from === user && before.tenant === tenant && before.to === event.to;
        if (revision <= before.revision || !isSame) return false;
      }
      const { grant, to, what, ceiling, purpose } = event;
      const times = { startsAtMs: event.starts_at, expiresAtMs: event.expires_at };
      const endedAtMs = before?.endedAtMs ?? event.ended_at;
      state.grants.set(grant, { grant, tenant, from: user, to, revision, what, ceiling, purpose, ...times, endedAtMs });
      return true;
    }
  }
}

/** What stands after a state of an app; undefined when it changes nothing. */
function appAfter(before: AppRow | undefined, event: AccessApp): AppRow | undefined {
  const { user, tenant, revision, key, sealed, client, resource, scopes, ceiling, code, challenge, redirect } = event;
  if (before !== undefined) {
    const isSame = before.user === user && before.tenant === tenant && before.client === client && before.code === code;
    if (revision <= before.revision || !isSame || event.generation < before.generation) return undefined;
  }
  return {
    key,
    tenant,
    user,
    revision,
    sealed,
    client,
    resource,
    scopes,
    ceiling,
    reach: reachOf(event),
    code,
    codeUntilMs: event.code_until,
    challenge,
    redirect,
    generation: event.generation,
    refresh: event.refresh,
    jkt: before?.jkt ?? event.jkt,
    createdAtMs: event.created_at,
    expiresAtMs: event.expires_at,
    renewedAtMs: event.renewed_at,
    usedAtMs: event.used_at,
    endedAtMs: before?.endedAtMs ?? event.ended_at,
  };
}

function foldTenant({ tenants }: AccessState, event: AccessTenant): boolean {
  const { revision, suspended_at: suspendedAtMs, tenant } = event;
  const before = tenants.get(tenant);
  if (before !== undefined && revision <= before.revision) return false;
  tenants.set(tenant, { tenant, revision, suspendedAtMs, endedAtMs: before?.endedAtMs ?? event.ended_at });
  return true;
}

/** Programs from before there was a choice read what they always did. */
function reachOf({ reach = "all" }: { readonly reach?: KeyReach }): KeyReach {
  return reach;
}

/** Forgets what stands under a record key: its record was taken from the topic. */
export function foldAccessTombstone(state: AccessState, subject: string): void {
  const id = subject.slice(subject.indexOf("/") + 1);
  if (subject.startsWith("factors/")) state.factors.delete(id as UserId);
  else if (subject.startsWith("key/")) state.keys.delete(id as ApiKeyId);
  else if (subject.startsWith("app/")) state.apps.delete(id as ApiKeyId);
  else if (subject.startsWith("seal/")) state.seals.delete(id as UserId);
  else if (subject.startsWith("account/")) state.accounts.delete(id as UserId);
  else if (subject.startsWith("way/")) state.ways.delete(id);
  else if (subject.startsWith("grant/")) state.grants.delete(id as GrantId);
}

/** Held only as a whole: a time without the password from before could never be taken back. */
function heldOf({ held_since: sinceMs, held_password: password }: AccessAccount): AccountRow["held"] {
  return sinceMs === undefined || password === undefined ? null : { sinceMs, password };
}
