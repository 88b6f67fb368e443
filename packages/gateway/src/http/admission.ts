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
  decide,
  type Decision,
  denialError,
  type Resource,
  type Subject,
} from "@kaelix/security";
import type { FastifyRequest } from "fastify";

import type { Application } from "../application.ts";
import { gatewayErrors } from "../errors.ts";
import type { Authentication, IdentityPort } from "../identity-port.ts";
import { auditRefusal } from "./auditing.ts";
import { standIn } from "./caller.ts";
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
}

/** Finds out who asks. @throws KaelixError `sign-in-required`, `token-…`, `key-invalid`, `rate-limited` */
export async function callerOf(
  parts: AdmissionParts,
  identity: IdentityPort,
  request: Pick<FastifyRequest, "headers">,
): Promise<Caller> {
  const outcome = await identity.authenticate(bearerOf(request));
  if (outcome.type === "refused") throw gatewayErrors(refusalOf(outcome.why));
  const subject = outcome.type === "key" ? outcome.subject : outcome.principal;
  const principal = standIn(subject);
  const taken = parts.users.take(principal.userId, parts.clock.monotonicMs());
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

function bearerOf(request: Pick<FastifyRequest, "headers">): string {
  const header = request.headers.authorization;
  if (header === undefined) throw gatewayErrors("sign-in-required");
  if (header.length < 8 || header.slice(0, 7).toLowerCase() !== "bearer ") throw gatewayErrors("sign-in-required");
  return header.slice(7).trim();
}

function refusalOf(
  why: Extract<Authentication, { readonly type: "refused" }>["why"],
): keyof typeof gatewayErrors.table {
  if (why === "key") return "key-invalid";
  return why === "expired" ? "token-expired" : "token-invalid";
}
