/**
 * The migrations in their one order. Forward only: a view that goes wrong is emptied and filled from the log.
 *
 * A released migration never changes; a change is a new entry at the end. Statements run unchanged on PGlite and PostgreSQL 15+.
 * Counters and versions are bigint and free texts are unindexed or short, so that no event can make a statement fail.
 * Ids collate by bytes ("C"): the same order on every machine.
 */

import { ROW_SECURITY } from "./row-security.ts";

/** One step: a name that sorts after the one before, and statements of one transaction. */
export interface MigrationStep {
  readonly name: string;
  readonly statements: readonly string[];
}

const VIEW_TABLES = [
  `create table view_offsets (
    view text not null, topic text not null, partition integer not null, next_offset bigint not null,
    primary key (view, topic, partition))`,
  `create table view_counters (
    view text not null, name text not null, count bigint not null, primary key (view, name))`,
];

const MEMORY_TABLES = [
  `create table memories (
    memory_id text collate "C" primary key,
    tenant text not null,
    user_id text collate "C" not null,
    state text not null check (state in ('live', 'forgotten', 'erased')),
    version bigint not null,
    change text not null check (change in ('told', 'edit', 'move')),
    level smallint not null check (level between 1 and 4),
    level_by text not null,
    confidence double precision not null,
    source text not null,
    conversation_id text collate "C",
    import_id text collate "C",
    external_hash text collate "C",
    digest text not null,
    occurred_at_ms bigint not null,
    recorded_at_ms bigint not null,
    version_at_ms bigint not null,
    changed_at_ms bigint not null,
    partition integer not null,
    first_offset bigint not null,
    version_offset bigint not null,
    last_offset bigint not null,
    sealed bytea)`,
  // Ciphertext does not shrink: trying to compress it only costs time.
  `alter table memories alter column sealed set storage external`,
  `create index memories_by_user_time on memories (user_id, occurred_at_ms, memory_id)`,
  `create index memories_by_user_offset on memories (user_id, last_offset, memory_id)`,
  `create index memories_by_user_level on memories (user_id, level) where state = 'live'`,
  `create index memories_by_external on memories (user_id, external_hash) where external_hash is not null`,
  `create index memories_by_import on memories (import_id) where import_id is not null`,
  `create index memories_forgotten on memories (changed_at_ms, memory_id) where state = 'forgotten'`,
  `create table memory_versions (
    memory_id text collate "C" not null,
    version bigint not null,
    record_offset bigint not null,
    change text not null,
    level smallint not null,
    level_by text not null,
    at_ms bigint not null,
    sealed bytea,
    primary key (memory_id, version))`,
  `alter table memory_versions alter column sealed set storage external`,
  `create table imports (
    import_id text collate "C" primary key,
    tenant text not null,
    user_id text collate "C" not null,
    format text not null,
    state text not null check (state in ('started', 'done', 'cancelled', 'failed', 'undone')),
    added bigint not null,
    known bigint not null,
    failed bigint not null,
    sealed bytea,
    started_at_ms bigint not null,
    finished_at_ms bigint,
    undone_at_ms bigint)`,
  `create index imports_by_user on imports (user_id, started_at_ms)`,
];

const IDENTITY_TABLES = [
  `create table users (
    user_id text collate "C" primary key,
    tenant text not null,
    role text not null,
    phone_hash text collate "C" not null unique,
    password_hash text not null,
    sealed_profile bytea not null,
    registered_at_ms bigint not null)`,
  `create index users_by_time on users (registered_at_ms, user_id)`,
  `create table phone_claims (
    phone_hash text collate "C" primary key,
    user_id text collate "C" not null,
    claimed_at_ms bigint not null)`,
  `create table sessions (
    session_id text collate "C" primary key,
    tenant text not null,
    user_id text collate "C" not null,
    generation bigint not null,
    refresh_hash text not null,
    client text not null,
    started_at_ms bigint not null,
    used_at_ms bigint not null,
    expires_at_ms bigint not null,
    revoked_reason text)`,
  `create index sessions_active on sessions (user_id, used_at_ms) where revoked_reason is null`,
  `create table invites (
    invite_id text collate "C" primary key,
    tenant text not null,
    created_by text not null,
    role text not null,
    code_hash text collate "C" not null unique,
    expires_at_ms bigint not null,
    used_by text)`,
];

const CLIENT_SEALED = [
  `alter table memories add column client_sealed boolean not null default false`,
  `create index memories_client_sealed on memories (user_id, occurred_at_ms) where client_sealed and state = 'live'`,
];

const DOUBT = [
  `create index memories_by_doubt on memories (user_id, confidence, memory_id)
    where state = 'live' and level_by <> 'person'`,
];

/** Memories whose level a person decided after they were told: few, and looked for among all of a person's. */
const CORRECTIONS = [
  `create index memories_corrected on memories (user_id, version_at_ms)
    where state = 'live' and level_by = 'person' and version > 1`,
];

/**
 * Each index costs a tenth of what storing a row costs. A memory told under an external id has an id made of that, so the id is asked for;
 * levels and imports are asked for within one user's memories, seldom.
 */
const FEWER_INDEXES = [
  `alter table memories drop column external_hash`,
  `drop index memories_by_user_level`,
  `drop index memories_by_import`,
];

const NEVER_RECALLED = [
  `alter table memories add column never_recalled boolean not null default false`,
  `create index memories_never_recalled on memories (user_id, occurred_at_ms) where never_recalled and state = 'live'`,
];

/** Every migration, oldest first. */
export const MIGRATIONS: readonly MigrationStep[] = [
  { name: "0001-first-tables", statements: [...VIEW_TABLES, ...MEMORY_TABLES, ...IDENTITY_TABLES] },
  { name: "0002-client-sealed", statements: CLIENT_SEALED },
  { name: "0003-doubt", statements: DOUBT },
  { name: "0004-row-security", statements: ROW_SECURITY },
  { name: "0005-corrections", statements: CORRECTIONS },
  { name: "0006-fewer-indexes", statements: FEWER_INDEXES },
  { name: "0007-never-recalled", statements: NEVER_RECALLED },
];
