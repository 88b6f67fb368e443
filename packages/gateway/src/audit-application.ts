/** What the gateway needs of the audit log and of the policy's explanations. */
import type { Level, MemoryId, UserId, UserPrincipal } from "@kaelix/model";
import type {
  AuditNote,
  AuditProof,
  AuditRecord,
  AuditReport,
  AuditStatus,
  Decision,
  DecisionStep,
} from "@kaelix/security";

/** What a list of entries is narrowed to. Times are epoch ms. */
export interface AuditFilter {
  readonly limit: number;
  /** Entries before this index. */
  readonly beforeIndex?: number;
  readonly user?: UserId;
  readonly action?: string;
  readonly resource?: string;
  readonly decision?: "allow" | "deny";
  readonly afterMs?: number;
  readonly beforeMs?: number;
}

/** An entry and, for the person it is about, where it was done from. */
export interface AuditLine extends AuditRecord {
  readonly origin: { readonly address: string; readonly client: string } | null;
}

/** What a verification found; among entries `from` to `to` stands the first that is not as it was signed. */
export interface AuditFindings extends AuditReport {
  readonly firstBad: { readonly from: number; readonly to: number } | null;
}

/** Writing down who did what, and showing it. */
export interface AuditApplication {
  /** Below level 3 this returns at once and never throws; above, when it is durable. @throws `audit-unavailable` */
  record(note: AuditNote): Promise<void>;
  /** Of the principal's organisation, newest first. Looks at a bounded number of entries: a page may be empty although `nextBefore` names another. */
  list(
    principal: UserPrincipal,
    filter: AuditFilter,
  ): Promise<{ readonly lines: readonly AuditLine[]; readonly nextBefore: number | null }>;
  status(): AuditStatus;
  /** Undefined also for an entry of another organisation. */
  prove(principal: UserPrincipal, index: number): Promise<AuditProof | undefined>;
  /** Reads the whole log. `kept`: checkpoints that were kept elsewhere. */
  verify(kept: readonly string[]): Promise<AuditFindings>;
}

/** Why may she? */
export interface PolicyQuestion {
  readonly as: "me" | UserId;
  readonly action: string;
  readonly memory?: MemoryId;
  readonly owner?: UserId;
  readonly level?: Level;
  readonly openUpTo?: Level;
  readonly proved: boolean;
}

/** The decision and the way to it. */
export interface PolicyExplanation {
  readonly decision: Decision;
  readonly steps: readonly DecisionStep[];
  readonly subject: { readonly user: UserId; readonly role: string; readonly openUpTo: Level };
}

/** Explaining the policy. */
export interface PolicyApplication {
  /** @throws when there is no such person, action or memory */
  explain(principal: UserPrincipal, question: PolicyQuestion): Promise<PolicyExplanation>;
}
