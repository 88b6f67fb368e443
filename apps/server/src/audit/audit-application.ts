/** The audit log as the gateway asks for it. */
import type { AuditApplication, AuditFilter, AuditLine } from "@kaelix/gateway";
import type { Log } from "@kaelix/log";
import type { UserPrincipal } from "@kaelix/model";
import type { AuditLog, AuditRecord, Keystore } from "@kaelix/security";

import { verifyEntries } from "./verify-entries.ts";

const PAGE = 500;
/** Pages that are looked at for one answer, so that a filter that nothing fits does not read the whole log. */
const PAGES_MAX = 20;

/** What it is wired from. */
export interface AuditParts {
  readonly log: Log;
  readonly audit: AuditLog;
  readonly keystore: Keystore;
}

/** Entries, checkpoints and proofs. */
export function auditApplication({ log, audit, keystore }: AuditParts): AuditApplication {
  return {
    record: (note) => audit.record(note),
    list: async (principal, filter) => {
      const { records, nextBefore } = await matching(audit, principal, filter);
      const lines = records.map(async (record) => ({ ...record, origin: await originOf(keystore, principal, record) }));
      return { lines: await Promise.all(lines), nextBefore };
    },
    status: () => audit.status(),
    prove: ({ tenantId }, index) => audit.prove(index, tenantId),
    verify: async (kept) => {
      // Signs what there is first, so that nothing stands outside. A log that cannot be written can still be checked.
      await audit.sign().catch(() => undefined);
      return verifyEntries(log, audit.status().keys, kept);
    },
  };
}

async function matching(
  audit: AuditLog,
  { tenantId: tenant }: UserPrincipal,
  filter: AuditFilter,
): Promise<{ readonly records: readonly AuditRecord[]; readonly nextBefore: number | null }> {
  const { limit, user, afterMs = Number.NEGATIVE_INFINITY } = filter;
  const found: AuditRecord[] = [];
  let before = filter.beforeIndex;
  for (let page = 0; page < PAGES_MAX; page++) {
    const place = { ...(before === undefined ? {} : { before }), ...(user === undefined ? {} : { user }) };
    const { records, nextBefore } = await audit.list({ ...place, tenant, limit: PAGE });
    for (const record of records) {
      if (record.entry.at < afterMs) return { records: found, nextBefore: null };
      if (!fits(record, filter)) continue;
      found.push(record);
      if (found.length === limit) return { records: found, nextBefore: record.index === 0 ? null : record.index };
    }
    if (nextBefore === null) return { records: found, nextBefore: null };
    before = nextBefore;
  }
  return { records: found, nextBefore: before ?? null };
}

function fits({ entry }: AuditRecord, { action, resource, decision, beforeMs }: AuditFilter): boolean {
  return (
    (action === undefined || entry.action === action) &&
    (resource === undefined || entry.resource === resource) &&
    (decision === undefined || entry.decision === decision) &&
    (beforeMs === undefined || entry.at < beforeMs)
  );
}

/** Where an entry was made from: for the person it is about and nobody else. */
async function originOf(
  keystore: Keystore,
  principal: UserPrincipal,
  { entry }: AuditRecord,
): Promise<AuditLine["origin"]> {
  if (entry.sealed === null || entry.user !== principal.userId) return null;
  const place = { user: entry.user, purpose: "audit", subject: `${entry.at}` } as const;
  const opened = await keystore.openForUser(place, Buffer.from(entry.sealed, "base64url"));
  if (opened.type === "refused") return null;
  const fields: unknown = JSON.parse(opened.bytes.toString());
  if (typeof fields !== "object" || fields === null || !("address" in fields) || !("client" in fields)) return null;
  return { address: String(fields.address), client: String(fields.client) };
}
