/**
 * Writing down what comes in through the API, by the action of the route.
 *
 * Guarantees: an attempt that the policy refuses is an entry, whatever the action; the actions below are entries when they are done and
 * when they fail, with the code of the failure; taking everything along from an opened session, and sharing above the indexed levels, is
 * an entry before it begins, or does not begin. It does not: see the level of a single memory (the application does, and writes that down),
 * or hold up what is below level 3.
 */
import { isKaelixError } from "@kaelix/base";
import { type Level, LEVEL_INDEXED_MAX, levelName, parseLevel } from "@kaelix/model";
import type { Action, AuditNote } from "@kaelix/security";
import type { FastifyRequest } from "fastify";

import type { AuditApplication } from "../audit-application.ts";
import type { Answer, Exchange } from "./exchange.ts";
import type { RouteEntry } from "./route-entries.ts";

/** What of a request goes into its entry. */
type Asked = Pick<AuditNote, "subject" | "action" | "resource" | "origin">;

const CLIENT_LENGTH_MAX = 200;
const RESOURCE_LENGTH_MAX = 200;

/** Reading and telling are not here: below level 3 they are too many, above it the application writes each memory down. */
const AUDITED: ReadonlySet<string> = new Set<Action>([
  "memory.move",
  "memory.forget",
  "memory.never-recall",
  "erasure.undo",
  "import.create",
  "import.undo",
  "export.run",
  "password.change",
  "session.end",
  "session.unlock",
  "session.lock",
  "session.prove",
  "factor.change",
  "seal.change",
  "key.create",
  "key.end",
  "key.undo",
  "app.connect",
  "app.end",
  "grant.give",
  "grant.end",
  "invite.create",
  "invite.end",
  "user.list",
  "user.change",
  "user.reset",
  "tenant.create",
  "tenant.change",
  "server.verify",
  "server.rebuild",
  "server.backup",
  "audit.read",
  "policy.explain",
  "keys.rotate",
  "user-key.renew",
  "user-keys.renew",
  "signing-keys.renew",
  "people.decide",
  "review.decide",
  "lesson.forget",
  "digest.configure",
  "provider.choose",
  "retention.choose",
  "streams.administer",
]);

/** One action, several things that are done. */
const NAMES: Readonly<Record<string, string>> = {
  "imports.upload": "import.upload",
  "imports.open": "import.open",
  "imports.start": "import.start",
  "imports.cancel": "import.cancel",
  "memories.restore": "memory.restore",
  "digestSettings.test": "digest.test",
  "digestSettings.addDevice": "digest.add-device",
  "digestSettings.removeDevice": "digest.remove-device",
  "users.setRole": "user.role",
  "users.suspend": "user.suspend",
  "users.restore": "user.restore",
  "users.resetLink": "user.reset-link",
  "auth.regain": "session.regain",
  "tenants.suspend": "tenant.suspend",
  "tenants.resume": "tenant.resume",
};

/** Writes down that the policy refuses a request. */
export function auditRefusal(
  audit: AuditApplication,
  request: FastifyRequest,
  refused: { readonly subject: AuditNote["subject"]; readonly action: string; readonly reason: string },
): void {
  // Below level 3 it is queued and never fails.
  void audit.record({ ...refused, decision: "deny", origin: originOf(request) });
}

/** Makes the runner of a route: its handler, written down when its action is one of those above. */
export function audited(entry: RouteEntry): (exchange: Exchange) => Answer | Promise<Answer> {
  const { route, handler } = entry;
  if (!AUDITED.has(route.action)) return handler;
  return async (exchange) => {
    const { application } = exchange;
    const asked = askedOf(entry, exchange);
    const level = levelAhead(route.action, exchange);
    if (level !== undefined) await application.audit.record({ ...asked, level, decision: "allow", reason: "begun" });
    const madeOf = (answer: Answer): string | undefined => (answer.type === "json" ? answer.made : undefined);
    return written(application.audit, asked, { isDoneNoted: level === undefined, madeOf }, async () =>
      handler(exchange),
    );
  };
}

/** Does something that a tool was asked for, and writes down that it was done or how it failed. */
export function recorded<Result>(
  audit: AuditApplication,
  request: FastifyRequest,
  asked: {
    readonly subject: AuditNote["subject"];
    readonly action: Action | "memory.restore";
    readonly resource: string;
  },
  run: () => Promise<Result>,
): Promise<Result> {
  return written(audit, { ...asked, origin: originOf(request) }, { isDoneNoted: true }, run);
}

async function written<Result>(
  audit: AuditApplication,
  asked: Asked,
  { isDoneNoted, madeOf }: { readonly isDoneNoted: boolean; readonly madeOf?: (result: Result) => string | undefined },
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    const result = await run();
    const made = madeOf?.(result);
    const what = made === undefined ? asked : { ...asked, resource: made };
    if (isDoneNoted || made !== undefined) void audit.record({ ...what, decision: "allow", reason: "done" });
    return result;
  } catch (error) {
    const reason = isKaelixError(error) ? error.code : "internal";
    const decision = isKaelixError(error) && error.kind === "denied" ? "deny" : "allow";
    void audit.record({ ...asked, decision, reason });
    throw error;
  }
}

function askedOf({ name, route }: RouteEntry, exchange: Exchange): Asked {
  const resource = resourceOf(exchange);
  return {
    // Routes of these actions are never public.
    subject: exchange.request.subject ?? "system",
    action: NAMES[name] ?? route.action,
    origin: originOf(exchange.request),
    ...(resource === undefined ? {} : { resource }),
  };
}

/** The id or name in the address; of the level lock, the level. */
function resourceOf({ params, body }: Exchange): string | undefined {
  const named: unknown =
    typeof params === "object" && params !== null
      ? "id" in params
        ? params.id
        : "name" in params
          ? params.name
          : undefined
      : undefined;
  if (typeof named === "string") return named.slice(0, RESOURCE_LENGTH_MAX);
  const level = typeof body === "object" && body !== null && "level" in body ? parseLevel(body.level) : undefined;
  return level === undefined ? undefined : levelName(level);
}

/** The level that must be on the log before it begins; undefined when nothing above the indexed levels is shown. */
function levelAhead(action: string, { principal, body }: Exchange): Level | undefined {
  if (action === "grant.give") {
    const level = typeof body === "object" && body !== null && "level" in body ? parseLevel(body.level) : undefined;
    return level !== undefined && level > LEVEL_INDEXED_MAX ? level : undefined;
  }
  if (action !== "export.run" || principal === undefined) return undefined;
  return principal.ceiling > LEVEL_INDEXED_MAX ? principal.ceiling : undefined;
}

function originOf(request: FastifyRequest): NonNullable<AuditNote["origin"]> {
  const client = (request.headers["user-agent"] ?? "unknown").slice(0, CLIENT_LENGTH_MAX);
  return { address: request.ip, client };
}
