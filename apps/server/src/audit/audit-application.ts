/** The audit log as the gateway asks for it. */
import type { AuditApplication, AuditFilter, AuditFindings, AuditLine } from "@kaelix/gateway";
import type { Log } from "@kaelix/log";
import { TOPICS, type UserPrincipal } from "@kaelix/model";
import { type AuditLog, type AuditRecord, AuditVerifier, type Keystore } from "@kaelix/security";

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
      const { records, nextBefore } = await matching(audit, filter);
      const lines = records.map(async (record) => ({ ...record, origin: await originOf(keystore, principal, record) }));
      return { lines: await Promise.all(lines), nextBefore };
    },
    status: () => audit.status(),
    prove: (index) => audit.prove(index),
    verify: async (kept) => {
      // Signs what there is first, so that nothing stands outside. A log that cannot be written can still be checked.
      await audit.sign().catch(() => undefined);
      return verifyEntries(log, audit.status().publicKey, kept);
    },
  };
}

async function matching(
  audit: AuditLog,
  filter: AuditFilter,
): Promise<{ readonly records: readonly AuditRecord[]; readonly nextBefore: number | null }> {
  const { limit, user, afterMs = Number.NEGATIVE_INFINITY } = filter;
  const found: AuditRecord[] = [];
  let before = filter.beforeIndex;
  for (let page = 0; page < PAGES_MAX; page++) {
    const place = { ...(before === undefined ? {} : { before }), ...(user === undefined ? {} : { user }) };
    const { records, nextBefore } = await audit.list({ ...place, limit: PAGE });
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

/** Reads topic `audit` from its first record. Besides what is wrong it says between which entries that begins. */
async function verifyEntries(log: Log, publicKey: string, kept: readonly string[]): Promise<AuditFindings> {
  const verifier = new AuditVerifier(publicKey);
  const { name } = TOPICS.audit;
  const { startOffset, endOffset } = await log.bounds(name, 0);
  let firstBad: AuditFindings["firstBad"] = null;
  // What a checkpoint covers and does not fit lies between the last one that does and it; what cannot be read lies here.
  const note = (from: number): void => {
    if (firstBad === null && !verifier.isIntact) firstBad = { from, to: Math.max(from, verifier.tree.size - 1) };
  };
  for (let offset = startOffset; offset < endOffset;) {
    const batch = await log.read(name, 0, offset);
    const damaged = [...batch.damaged];
    for (const record of batch.records) {
      if (record.offset < offset) continue;
      while ((damaged[0]?.firstOffset ?? Number.POSITIVE_INFINITY) < record.offset) noteDamage(damaged.shift());
      const signed = verifier.signed;
      const kind = verifier.take(record.value);
      note(kind === "checkpoint" ? signed : verifier.tree.size);
    }
    for (const range of damaged) noteDamage(range);
    if (batch.nextOffset === offset) break;
    offset = batch.nextOffset;
  }
  const signed = verifier.signed;
  const report = verifier.report(kept);
  // A checkpoint kept elsewhere that does not fit a log that fits itself: it was written anew, or cut off after the last that stands.
  if (firstBad === null && report.problems.length > 0) note(Math.min(signed, verifier.tree.size));
  return { ...report, firstBad };

  function noteDamage(range: { readonly firstOffset: number; readonly nextOffset: number } | undefined): void {
    if (range === undefined) return;
    verifier.problem(`Offsets ${range.firstOffset} to ${range.nextOffset - 1} are damaged`);
    note(verifier.tree.size);
  }
}
