/** The tables as Kysely sees them. `migrations.ts` makes them; the two change together. */
import type { Kysely } from "kysely";

/** Where a memory stands: told, hidden until restored, or its key shredded. */
export type MemoryState = "live" | "forgotten" | "erased";

/** What made a version of a memory. */
export type MemoryChange = "told" | "edit" | "move";

/** One row per view, topic and partition: where folding goes on. */
interface ViewOffsetsTable {
  view: string;
  topic: string;
  partition: number;
  next_offset: number;
}

/** How often a fold met something that it had to leave out, by reason. */
interface ViewCountersTable {
  view: string;
  name: string;
  count: number;
}

/** One row per memory ever told: its newest version. */
export interface MemoriesTable {
  memory_id: string;
  tenant: string;
  user_id: string;
  state: MemoryState;
  version: number;
  change: MemoryChange;
  level: number;
  level_by: string;
  confidence: number;
  source: string;
  conversation_id: string | null;
  import_id: string | null;
  digest: string;
  occurred_at_ms: number;
  recorded_at_ms: number;
  version_at_ms: number;
  changed_at_ms: number;
  partition: number;
  first_offset: number;
  version_offset: number;
  last_offset: number;
  client_sealed: boolean;
  never_recalled: boolean;
  sealed: Uint8Array | null;
}

/** Versions that a newer one has replaced. `sealed` is null once its key is gone. */
interface MemoryVersionsTable {
  memory_id: string;
  version: number;
  record_offset: number;
  change: MemoryChange;
  level: number;
  level_by: string;
  at_ms: number;
  sealed: Uint8Array | null;
}

/** How an import stands. */
export type ImportState = "started" | "done" | "cancelled" | "failed" | "undone";

/** One row per import. */
export interface ImportsTable {
  import_id: string;
  tenant: string;
  user_id: string;
  format: string;
  state: ImportState;
  added: number;
  known: number;
  failed: number;
  sealed: Uint8Array | null;
  started_at_ms: number;
  finished_at_ms: number | null;
  undone_at_ms: number | null;
}

/** One row per person with an account. */
export interface UsersTable {
  user_id: string;
  tenant: string;
  role: string;
  phone_hash: string;
  password_hash: string;
  sealed_profile: Uint8Array;
  registered_at_ms: number;
}

/** Numbers that are taken, or about to be: the arbiter between two people who sign up at once. */
interface PhoneClaimsTable {
  phone_hash: string;
  user_id: string;
  claimed_at_ms: number;
}

/** One row per session ever started. */
export interface SessionsTable {
  session_id: string;
  tenant: string;
  user_id: string;
  generation: number;
  refresh_hash: string;
  client: string;
  started_at_ms: number;
  used_at_ms: number;
  expires_at_ms: number;
  revoked_reason: string | null;
}

/** One row per invitation. */
export interface InvitesTable {
  invite_id: string;
  tenant: string;
  created_by: string;
  role: string;
  code_hash: string;
  expires_at_ms: number;
  used_by: string | null;
}

/** All tables. */
export interface Tables {
  view_offsets: ViewOffsetsTable;
  view_counters: ViewCountersTable;
  memories: MemoriesTable;
  memory_versions: MemoryVersionsTable;
  imports: ImportsTable;
  users: UsersTable;
  phone_claims: PhoneClaimsTable;
  sessions: SessionsTable;
  invites: InvitesTable;
}

/** A connection or pool that speaks these tables. */
export type Queries = Kysely<Tables>;
