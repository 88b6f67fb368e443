/**
 * Who asks, and may they: the same two questions for a route of the API and for a tool.
 *
 * Guarantees: whoever is let in has spent one of their requests; nothing is done that `decide` has not allowed to the person or program
 * itself, and what it refuses is written down.
 */
import type { Clock } from "@kaelix/base";
import type { UserPrincipal } from "@kaelix/model";
import {
  type Action,
  ACTIONS,
  type AppResource,
  decide,
  type Decision,
  denialError,
  type KeyProofs,
  type Resource,
  type Subject,
} from "@kaelix/security";
import type { FastifyRequest } from "fastify";

import type { Application } from "../application.ts";
import { gatewayErrors } from "../errors.ts";
import type { Authentication, IdentityPort } from "../identity-port.ts";
import { auditRefusal } from "./auditing.ts";
import { standIn } from "./caller.ts";
import { issuerOf } from "./issuer.ts";
import type { TokenBuckets } from "./token-bucket.ts";

/** Somebody whom identity knows. */
export interface Caller {
  /** The person or program that the policy is asked about. */
  readonly subject: Exclude<Subject, { type: "anonymous" }>;
  /** The person that handlers work for. */
  readonly principal: UserPrincipal;
  /** When the session's raised level falls back, epoch ms. */
  readonly ceilingUntilMs: number | null;
  readonly provedUntilMs: number | null;
}

/** What admission works with. */
export interface AdmissionParts {
  readonly clock: Clock;
  readonly users: TokenBuckets;
  /** Proofs of keys that tokens are bound to. */
  readonly proofs: KeyProofs;
  readonly publicOrigins: readonly string[];
}

/** Finds out who asks. @throws KaelixError `sign-in-required`, `token-…`, `key-invalid`, `rate-limited` */
export async function callerOf(
  parts: AdmissionParts,
  identity: IdentityPort,
  request: Pick<FastifyRequest, "headers" | "method" | "protocol" | "url">,
): Promise<Caller> {
  const { scheme, token } = tokenOf(request);
  const outcome = await identity.authenticate(token);
  if (outcome.type === "refused") throw gatewayErrors(refusalOf(outcome.why));
  const app = outcome.type === "key" ? outcome.app : undefined;
  await mustFit(parts, request, { scheme, token, app });
  const subject = outcome.type === "key" ? outcome.subject : outcome.principal;
  const principal = standIn(subject);
  // A program that runs wild holds up itself, not its person or another program.
  const bucket = subject.type === "agent" ? subject.keyId : principal.userId;
  const taken = parts.users.take(bucket, parts.clock.monotonicMs());
  if (taken.type === "spent") {
    throw gatewayErrors("rate-limited", { details: { retryAfterMs: taken.retryAfterMs } });
  }
  const { ceilingUntilMs = null, provedUntilMs = null } = outcome.type === "user" ? outcome : {};
  return { subject, principal, ceilingUntilMs, provedUntilMs };
}

/** Asks the policy about an action of the caller on what is their own, on their organisation, or on the house. */
export function decideFor(caller: Caller, action: Action, clock: Clock): Decision {
  const { subject, principal, ceilingUntilMs, provedUntilMs } = caller;
  return decide(subject, action, resourceOf(principal, action), {
    nowMs: clock.nowMs(),
    ceilingUntilMs,
    provedUntilMs,
  });
}

function resourceOf({ tenantId: tenant, userId: owner }: UserPrincipal, action: Action): Resource {
  const { scope } = ACTIONS[action];
  if (scope === "house") return { type: "house" };
  return scope === "installation" ? { type: "installation", tenant } : { type: "owned", tenant, owner };
}

/** Refuses what the policy does not allow, and writes the attempt down. @throws the error of the denial */
export function mustMay(
  caller: Caller,
  action: Action,
  circumstances: {
    readonly clock: Clock;
    readonly application: Pick<Application, "audit"> | undefined;
    readonly request: FastifyRequest;
  },
): void {
  const decision = decideFor(caller, action, circumstances.clock);
  if (decision.allow) return;
  const { reason } = decision;
  const audit = circumstances.application?.audit;
  if (audit !== undefined) auditRefusal(audit, circumstances.request, { subject: caller.subject, action, reason });
  // The session is good, so this is no 401: a client would renew its token and ask again.
  throw reason === "proof" ? gatewayErrors("proof-needed") : denialError(reason);
}

/** The token of a request and how it was sent. @throws KaelixError `sign-in-required` */
export function tokenOf({ headers }: Pick<FastifyRequest, "headers">): {
  readonly scheme: "bearer" | "dpop";
  readonly token: string;
} {
  const [, scheme = "", token = ""] = /^(bearer|dpop) +(\S+) *$/i.exec(headers.authorization ?? "") ?? [];
  if (token === "") throw gatewayErrors("sign-in-required");
  return { scheme: scheme.toLowerCase() === "dpop" ? "dpop" : "bearer", token };
}

/** An app's token opens the door it is for and no other; one that is bound to a key only with a proof of that key (RFC 9449 §7). */
async function mustFit(
  { clock, proofs, publicOrigins }: AdmissionParts,
  request: Pick<FastifyRequest, "headers" | "method" | "protocol" | "url">,
  given: {
    readonly scheme: "bearer" | "dpop";
    readonly token: string;
    readonly app: { readonly resource: AppResource; readonly jkt: string | null } | undefined;
  },
): Promise<void> {
  const { app, scheme, token } = given;
  const path = request.url.split("?")[0] ?? "";
  if (app !== undefined && app.resource !== (path === "/mcp" ? "mcp" : "api")) throw gatewayErrors("token-invalid");
  const jkt = app?.jkt ?? null;
  if (jkt === null) {
    if (scheme === "dpop") throw gatewayErrors("key-proof-invalid");
    return;
  }
  const { dpop } = request.headers;
  if (scheme !== "dpop" || typeof dpop !== "string") throw gatewayErrors("key-proof-invalid");
  const url = `${issuerOf(request, publicOrigins)}${path}`;
  const shown = await proofs.check(dpop, { method: request.method, url, token, nowMs: clock.nowMs() });
  if (shown !== jkt) throw gatewayErrors("key-proof-invalid");
}

function refusalOf(
  why: Extract<Authentication, { readonly type: "refused" }>["why"],
): keyof typeof gatewayErrors.table {
  if (why === "key") return "key-invalid";
  return why === "expired" ? "token-expired" : "token-invalid";
}
