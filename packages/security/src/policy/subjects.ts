/** Who asks, for whom, and under which circumstances. */
import type {
  ApiKeyId,
  ConversationId,
  KeyReach,
  Level,
  MemoryId,
  Principal,
  Role,
  SourceKind,
  TenantId,
  UserId,
} from "@kaelix/model";

import type { GrantRow } from "../access/rows.ts";
import type { Action } from "./actions.ts";

/** A program that acts for a person. It may do what its key says and the person may, no more, and never proves presence. */
export interface AgentSubject {
  readonly type: "agent";
  readonly tenantId: TenantId;
  readonly keyId: ApiKeyId;
  /** Whom it acts for, and their role. */
  readonly userId: UserId;
  readonly role: Role;
  readonly scopes: readonly Action[];
  readonly ceiling: Level;
  /** Whose words it reads. */
  readonly reach: KeyReach;
}

/** A program that acts for nobody: it touches the installation, never anybody's things. */
export interface ServiceSubject {
  readonly type: "service";
  readonly tenantId: TenantId;
  readonly keyId: ApiKeyId;
  readonly scopes: readonly Action[];
}

/** Whoever asks. */
export type Subject = Principal | AgentSubject | ServiceSubject;

/**
 * What it is done to: an organisation, something of one person, or the house, which all organisations of a server share. `level`: the level
 * it stands at; absent for a list or a search, which keep below the ceiling by their filter.
 */
export type Resource =
  | { readonly type: "installation"; readonly tenant: TenantId }
  | { readonly type: "house" }
  | OwnedResource;

/** Something of one person. */
export interface OwnedResource {
  readonly type: "owned";
  readonly tenant: TenantId;
  readonly owner: UserId;
  readonly level?: Level;
  /** Ids of the persons and topics it is about; what is not said matches no grant about one. */
  readonly about?: readonly string[];
  /** When it happened, epoch ms; what is not said matches no grant of a time. */
  readonly occurredAtMs?: number;
  /** Of a memory: itself, where it was said and where it came from; what is not said matches no grant of such a thing. */
  readonly memory?: MemoryId;
  readonly conversation?: ConversationId | null;
  readonly source?: SourceKind;
  /** Of a memory: the program in whose namespace it stands, null for the person's own word; absent for a list, as the level. */
  readonly namespace?: ApiKeyId | null;
}

/** When and how it is asked. */
export interface DecisionContext {
  /** Epoch ms. For grants take the register's clock, which never goes back. */
  readonly nowMs: number;
  /** When the principal's raised ceiling falls back, epoch ms; for connections that outlive it. Null or absent: it is not raised. */
  readonly ceilingUntilMs?: number | null;
  /** Until when the session counts as just proved, epoch ms; null or absent: it does not. */
  readonly provedUntilMs?: number | null;
  /** Grants given to the subject; others among them are passed over. */
  readonly grants?: readonly GrantRow[];
  /** What the asker says it is for; a grant for a purpose opens for that one alone. */
  readonly purpose?: string | null;
  /** Where the request comes from, as far as it is known. */
  readonly network?: "local" | "remote";
  /** What the installation forbids besides. */
  readonly denyRules?: readonly DenyRule[];
}

/** A rule of the installation that forbids. All conditions given must hold; none given: it always forbids its actions. */
export interface DenyRule {
  readonly id: string;
  readonly actions: readonly Action[] | "all";
  readonly subjects?: readonly ("user" | "agent" | "service")[];
  readonly roles?: readonly Role[];
  /** From this level up. A list asked without a level is then cut below it. */
  readonly levelMin?: Level;
  /** Only for requests that come from the network; a request of unknown origin counts as one. */
  readonly network?: "remote";
  /** Only within these minutes of the day (UTC, 0 to 1,439; `from` > `until` goes over midnight). */
  readonly minutes?: { readonly from: number; readonly until: number };
}
