/**
 * Bytes ↔ events. JSON with short clear fields; the bulk is the sealed blob.
 *
 * `decodeEvent` never throws for bad bytes: one bad record must not stop the batch it stands in.
 */
import { decodeText, encodeText } from "@kaelix/base";

import { EVENT_VERSION, type EventType, type KaelixEvent } from "./events.ts";
import { parseId, parseTenantId } from "./ids.ts";
import { parseLevel } from "./level.ts";
import { SOURCE_KINDS } from "./memory.ts";
import { KEY_REACHES } from "./principal.ts";
import { KEPT_MONTHS_MAX } from "./retention-events.ts";

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isCount: Check = (value) => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const isTime: Check = (value) => typeof value === "number" && Number.isSafeInteger(value);
const isShare: Check = (value) => typeof value === "number" && value >= 0 && value <= 1;
const isLevel: Check = (value) => typeof value === "number" && parseLevel(value) !== undefined;
const SOURCES: ReadonlySet<unknown> = new Set(SOURCE_KINDS);
const isSource: Check = (value) => SOURCES.has(value);
const isSealed: Check = (value) => typeof value === "string" && /^[A-Za-z0-9_-]*$/.test(value);
const isWord: Check = (value) => typeof value === "string" && value.length >= 1 && value.length <= 200;
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
function oneOf(...words: readonly unknown[]): Check {
  const known = new Set(words);
  return (value) => known.has(value);
}
const orAbsent =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
/** What was right a moment ago is right: records that stand together mostly name the same user, conversation and import. */
function rightAgain(check: (text: string) => boolean): Check {
  let right: string | undefined;
  return (value) => {
    if (typeof value !== "string") return false;
    if (value !== right && !check(value)) return false;
    right = value;
    return true;
  };
}
const isIdOf = (prefix: Parameters<typeof parseId>[0]): Check =>
  rightAgain((value) => parseId(prefix, value) !== undefined);

const isMemory = isIdOf("mem");
const isImport = isIdOf("imp");
const isSession = isIdOf("ses");
const isInvite = isIdOf("inv");
const isKey = isIdOf("key");
const isErasure = isIdOf("era");
const isPerson = isIdOf("per");
const isDecision = isIdOf("dec");
const isTenant = rightAgain((value) => parseTenantId(value) !== undefined);
const isDecider = oneOf("rule", "model", "person");
const isReach = orAbsent(oneOf(...KEY_REACHES));
const isRole = oneOf("owner", "admin", "member", "guest");

const isScope: Check = (value) => {
  const fields = new Map<string, unknown>(typeof value === "object" && value !== null ? Object.entries(value) : []);
  const type = fields.get("type");
  switch (type) {
    case "all":
      return true;
    case "about":
      return isWord(fields.get("subject"));
    case "time":
      return isTime(fields.get("from")) && isTime(fields.get("until"));
    case "conversation":
      return isIdOf("con")(fields.get("conversation"));
    case "source":
      return isSource(fields.get("source"));
    case "memories":
      return listOf(isMemory)(fields.get("memories"));
    default:
      return false;
  }
};

/** What an erasure takes; see `ErasureScope`. */
const isErasureScope: Check = (value) => {
  const fields = new Map<string, unknown>(typeof value === "object" && value !== null ? Object.entries(value) : []);
  switch (fields.get("type")) {
    case "memories":
    case "account":
      return true;
    case "import":
      return isImport(fields.get("import"));
    case "tenant":
      return isTenant(fields.get("of"));
    case "source":
      return isSource(fields.get("source")) && orNull(isTime)(fields.get("since"));
    case "age":
      return isLevel(fields.get("level"));
    default:
      return false;
  }
};

/** Offsets `[from, to)` of a partition. */
const isRange: Check = (value) => {
  const fields = new Map<string, unknown>(typeof value === "object" && value !== null ? Object.entries(value) : []);
  return isWord(fields.get("topic")) && ["partition", "from", "to"].every((name) => isCount(fields.get(name)));
};

const isViewSeen: Check = (value) => {
  const fields = new Map<string, unknown>(typeof value === "object" && value !== null ? Object.entries(value) : []);
  return isWord(fields.get("name")) && isCount(fields.get("offset")) && isTime(fields.get("at"));
};

const isDayDelivery: Check = (value) => {
  const fields = new Map<string, unknown>(typeof value === "object" && value !== null ? Object.entries(value) : []);
  const isKnown = oneOf("mail", "webhook", "push")(fields.get("way"));
  const isState = oneOf("waiting", "sent", "failed")(fields.get("state"));
  return isKnown && isState && isCount(fields.get("tries")) && isTime(fields.get("tried_at"));
};
const isMonths: Check = (value) => isCount(value) && Number(value) >= 1 && Number(value) <= KEPT_MONTHS_MAX;
/** A list of sources, each with something of its own. */
const perSource =
  (name: string, check: Check): Check =>
  (value) =>
    Array.isArray(value) &&
    value.every((one: unknown) => {
      const fields = new Map<string, unknown>(typeof one === "object" && one !== null ? Object.entries(one) : []);
      return isSource(fields.get("source")) && orNull(check)(fields.get(name));
    });
const isRetentionRules: Check = (value) => {
  const fields = new Map<string, unknown>(typeof value === "object" && value !== null ? Object.entries(value) : []);
  return orNull(isMonths)(fields.get("months")) && perSource("months", isMonths)(fields.get("sources"));
};
const isHour: Check = (value) => isCount(value) && Number(value) <= 23;
const isDay: Check = (value) => typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value);

type Fields = Readonly<Record<string, Check>>;

const BASE_FIELDS: Fields = {
  v: isCount,
  at: isTime,
  tenant: isTenant,
  user: isIdOf("usr"),
};

const JUDGED_FIELDS: Fields = {
  memory: isMemory,
  memory_version: isCount,
  level: isLevel,
  level_by: isDecider,
  confidence: isShare,
  digest: isText,
  sealed: isSealed,
  client_sealed: orAbsent(oneOf(true)),
};

const FIELDS: Readonly<Record<EventType, Fields>> = {
  "memory.remembered": {
    ...JUDGED_FIELDS,
    source: isSource,
    conversation: orNull(isIdOf("con")),
    import: orNull(isImport),
    occurred_at: isTime,
    external: orNull(isText),
    never_recalled: orAbsent(oneOf(true)),
  },
  "memory.revised": { ...JUDGED_FIELDS, change: oneOf("edit", "move") },
  "memory.forgotten": { memory: isMemory },
  "memory.restored": { memory: isMemory },
  "memory.recall-decided": { memory: isMemory, never: (value) => typeof value === "boolean" },
  "memory.erased": { memory: isMemory },
  "memory.all-erased": {},
  "import.started": { import: isImport, format: isSource, sealed: isSealed },
  "import.finished": {
    import: isImport,
    added: isCount,
    known: isCount,
    failed: isCount,
    outcome: oneOf("done", "cancelled", "failed"),
  },
  "import.undone": { import: isImport },
  "user.registered": { role: isRole, phone: isText, password: isText, invite: orNull(isInvite), sealed: isSealed },
  "user.password-changed": { password: isText },
  "user.erased": {},
  "session.started": { session: isSession, refresh: isText, expires_at: isTime, client: isText },
  "session.rotated": { session: isSession, generation: isCount, refresh: isText, expires_at: isTime },
  "session.revoked": { session: isSession, reason: oneOf("logout", "reuse", "expired", "all") },
  "invite.created": { invite: isInvite, role: isRole, code: isText, expires_at: isTime },
  "person.decided": {
    decision: isDecision,
    what: oneOf("merge", "apart", "split", "rename", "self"),
    people: listOf(isPerson),
    others: listOf(isPerson),
    sealed: orNull(isSealed),
  },
  "person.undone": { decision: isDecision },
  "day.settings": { revision: isCount, hour: orNull(isHour), zone: isWord, sealed: isSealed },
  "day.made": {
    revision: isCount,
    day: isDay,
    told: (value) => typeof value === "boolean",
    seen_at: orNull(isTime),
    ways: listOf(isDayDelivery),
  },
  "day.judged": { revision: isCount, mark: isSealed, kind: isWord, sealed: isSealed },
  "write.proposed": { revision: isCount, mark: isSealed, level: isLevel, sealed: isSealed },
  "lessons.forgotten": { revision: isCount },
  "provider.chosen": { revision: isCount, allowed: (value) => typeof value === "boolean" },
  "search.saved": { revision: isCount, search: isIdOf("sea"), sealed: isSealed },
  "retention.chosen": { revision: isCount, rules: orNull(isRetentionRules) },
  "retention.announced": {
    revision: isCount,
    due_at: isTime,
    before: orNull(isTime),
    sources: perSource("before", isTime),
  },
  "retention.kept": { revision: isCount, kept: isMemory },
  "invite.revoked": { invite: isInvite },
  "key.user": {
    key_version: isCount,
    kek_version: isCount,
    wrapped: isSealed,
    kept: orAbsent(isSealed),
    renewing: orAbsent(oneOf(true)),
  },
  "key.signing": {
    purpose: oneOf("access-tokens", "app-tokens", "audit", "refresh"),
    number: isCount,
    since: isTime,
    kek_version: isCount,
    wrapped: isSealed,
    vouched: orAbsent(listOf(isText)),
  },
  "key.memory": { memory: isMemory, level: isLevel, key_version: isCount, wrapped: isSealed },
  "access.factors": {
    revision: isCount,
    totp: orNull(isSealed),
    step: isCount,
    recovery: listOf(isText),
    sent: orAbsent(listOf(oneOf("email", "sms"))),
  },
  "access.key": {
    revision: isCount,
    key: isKey,
    kind: oneOf("agent", "service"),
    sealed: isSealed,
    hash: isText,
    scopes: listOf(isWord),
    ceiling: isLevel,
    reach: isReach,
    created_at: isTime,
    expires_at: orNull(isTime),
    used_at: orNull(isTime),
    ended_at: orNull(isTime),
  },
  "access.app": {
    revision: isCount,
    key: isKey,
    sealed: isSealed,
    client: isWord,
    resource: oneOf("mcp", "api"),
    scopes: listOf(isWord),
    ceiling: isLevel,
    reach: isReach,
    code: isWord,
    code_until: isTime,
    challenge: isWord,
    redirect: isWord,
    generation: isCount,
    refresh: orNull(isWord),
    jkt: orNull(isWord),
    created_at: isTime,
    expires_at: isTime,
    renewed_at: orNull(isTime),
    used_at: orNull(isTime),
    ended_at: orNull(isTime),
  },
  "access.way": {
    revision: isCount,
    way: isText,
    kind: oneOf("passkey", "email", "provider"),
    sealed: isSealed,
    counter: isCount,
    created_at: isTime,
    used_at: orNull(isTime),
    ended_at: orNull(isTime),
  },
  "access.seal": { revision: isCount, key_id: isWord, sealed: isSealed },
  "access.account": {
    revision: isCount,
    role: orNull(isRole),
    suspended_at: orNull(isTime),
    reset_at: orAbsent(isTime),
    held_since: orAbsent(isTime),
    held_password: orAbsent(isText),
  },
  "access.tenant": { revision: isCount, suspended_at: orNull(isTime), ended_at: orNull(isTime) },
  "access.grant": {
    revision: isCount,
    grant: isIdOf("grt"),
    to: isIdOf("usr"),
    what: isScope,
    ceiling: isLevel,
    purpose: orNull(isWord),
    starts_at: isTime,
    expires_at: isTime,
    ended_at: orNull(isTime),
  },
  "audit.entry": {
    actor: oneOf("user", "agent", "service", "anonymous", "system"),
    key: orNull(isKey),
    session: orNull(isSession),
    action: isWord,
    resource: orNull(isWord),
    level: orNull(isLevel),
    decision: oneOf("allow", "deny"),
    reason: isWord,
    sealed: orNull(isSealed),
  },
  "audit.checkpoint": { note: isText },
  "erasure.state": {
    erasure: isErasure,
    state: oneOf("requested", "waiting", "done", "purged", "cancelled"),
    what: isErasureScope,
    requested_at: isTime,
    due_at: isTime,
    named: isCount,
    erased: isCount,
    unreadable_at: orNull(isTime),
    ranges: listOf(isRange),
    views: listOf(isViewSeen),
    purge_by: orNull(isTime),
    purged_at: orNull(isTime),
  },
  "erasure.named": { erasure: isErasure, part: isCount, memories: listOf(isMemory) },
};

/** What every event of a type must have; joined once, as every record of the log is checked against it. */
const WANTED: ReadonlyMap<string, readonly { readonly name: string; readonly check: Check }[]> = new Map(
  Object.entries(FIELDS).map(([type, fields]) => [
    type,
    Object.entries({ ...BASE_FIELDS, ...fields }).map(([name, check]) => ({ name, check })),
  ]),
);

/** Either the event, or why the bytes are none. The problem never quotes the bytes. */
export type DecodedEvent =
  | { readonly type: "event"; readonly event: KaelixEvent }
  | { readonly type: "unreadable"; readonly problem: string };

/** The bytes of an event, as they stand in a record's value. */
export function encodeEvent(event: KaelixEvent): Uint8Array {
  return encodeText(JSON.stringify(event));
}

/** Reads an event of any version ever written, upgraded to today's. */
export function decodeEvent(bytes: Uint8Array): DecodedEvent {
  let parsed: unknown;
  try {
    parsed = JSON.parse(decodeText(bytes));
  } catch {
    return { type: "unreadable", problem: "Value is not JSON in UTF-8" };
  }
  if (typeof parsed !== "object" || parsed === null) return { type: "unreadable", problem: "Value is not an object" };
  const fields = parsed as Readonly<Record<string, unknown>>;
  const version = fields["v"];
  if (typeof version !== "number" || version < 1 || version > EVENT_VERSION) {
    return { type: "unreadable", problem: `Event version must be 1 to ${EVENT_VERSION}` };
  }
  const type = fields["type"];
  const wanted = typeof type === "string" ? WANTED.get(type) : undefined;
  if (wanted === undefined) return { type: "unreadable", problem: "Event type is unknown" };
  for (const { name, check } of wanted) {
    if (!check(fields[name]))
      return { type: "unreadable", problem: `Field ${name} of ${String(type)} is missing or wrong` };
  }
  // Every field of the type was checked above.
  return { type: "event", event: parsed as KaelixEvent };
}
