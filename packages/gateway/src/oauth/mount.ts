/**
 * The endpoints that clients of OAuth 2.1 know by their metadata: tokens, ending them, registering. They speak the protocol's own JSON and
 * forms, so they stand beside the table of routes, as `/mcp` does.
 *
 * Guarantees: nothing of a person is told to anybody who does not hold a code or token; a parameter that stands twice or in the address is
 * refused; an answer is never kept by a cache. It does not: know secrets of clients. All are public.
 */
import { type Clock, isKaelixError } from "@kaelix/base";
import { type KeyProofs, parseResource, parseScopes, type TokenOutcome } from "@kaelix/security";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import type { Application } from "../application.ts";
import { gatewayErrors } from "../errors.ts";
import { issuerOf } from "../http/issuer.ts";
import { DATA_HEADERS } from "../http/security-headers.ts";
import { TokenBuckets } from "../http/token-bucket.ts";
import type { Json } from "../http/wire.ts";
import { OAUTH_PATHS, resourceMetadata, serverMetadata } from "./metadata.ts";

interface OAuthParts {
  readonly house: () => { readonly application: Application } | undefined;
  readonly clock: Clock;
  readonly proofs: KeyProofs;
  readonly publicOrigins: readonly string[];
}

/** The answers of the protocol: RFC 6749 §5.2, RFC 7591 §3.2.2. */
interface Refusal {
  readonly error: string;
  readonly error_description: string;
}

type Form = ReadonlyMap<string, string>;

const FORM_TYPE = "application/x-www-form-urlencoded";
const FORM_BYTES_MAX = 32_768;
const REGISTRATIONS_PER_SECOND = 5;
const ADDRESSES_MAX = 10_000;

/** Adds metadata and endpoints. */
export function addOAuth(fastify: FastifyInstance, parts: OAuthParts): void {
  addMetadata(fastify, parts);
  const addresses = new TokenBuckets({ perSecond: REGISTRATIONS_PER_SECOND, keysMax: ADDRESSES_MAX });
  fastify.post(OAUTH_PATHS.register, (request, reply) => {
    const taken = addresses.take(request.ip, parts.clock.monotonicMs());
    if (taken.type === "spent") throw gatewayErrors("rate-limited", { details: { retryAfterMs: taken.retryAfterMs } });
    return register(parts, request, reply);
  });
  // In a scope of its own: no other address takes forms.
  fastify.register(async (scope) => {
    scope.addContentTypeParser(FORM_TYPE, { parseAs: "string", bodyLimit: FORM_BYTES_MAX }, (_request, body, done) =>
      done(null, body),
    );
    scope.post(OAUTH_PATHS.token, async (request, reply) => {
      const form = formOf(request);
      if ("error" in form) return refuse(reply, form);
      return answerTokens(reply, await tokens(parts, request, form));
    });
    scope.post(OAUTH_PATHS.revoke, async (request, reply) => {
      const form = formOf(request);
      if ("error" in form) return refuse(reply, form);
      const [token, clientId] = [form.get("token"), form.get("client_id")];
      if (token === undefined || clientId === undefined) return refuse(reply, bad("token and client_id are needed"));
      await applicationOf(parts).apps.revoke(token, clientId);
      // The same answer for a token that never was (RFC 7009 §2.2).
      return reply.headers(DATA_HEADERS).code(200).send({});
    });
  });
}

function addMetadata(fastify: FastifyInstance, parts: OAuthParts): void {
  const { publicOrigins } = parts;
  const answer = (path: string, make: (issuer: string) => Json): void => {
    fastify.get(path, (request, reply) => {
      reply
        .headers(DATA_HEADERS)
        .header("cache-control", "no-cache")
        .send(make(issuerOf(request, publicOrigins)));
    });
  };
  answer(OAUTH_PATHS.mcp, (issuer) => resourceMetadata("mcp", issuer));
  answer(OAUTH_PATHS.api, (issuer) => resourceMetadata("api", issuer));
  answer(OAUTH_PATHS.server, (issuer) => serverMetadata(issuer, applicationOf(parts).apps.clients.takesAddresses));
}

function register(parts: OAuthParts, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { body } = request;
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return refuse(reply, { error: "invalid_client_metadata", error_description: "The body must be an object" });
  }
  try {
    const { id, name, redirects } = applicationOf(parts).apps.clients.register(body);
    return reply
      .headers(DATA_HEADERS)
      .code(201)
      .send({
        client_id: id,
        client_id_issued_at: Math.floor(parts.clock.nowMs() / 1_000),
        client_name: name,
        redirect_uris: redirects,
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        token_endpoint_auth_method: "none",
      });
  } catch (error) {
    const isAddress = isKaelixError(error, "app-redirect-invalid");
    if (!isAddress && !isKaelixError(error, "app-metadata-invalid")) throw error;
    const code = isAddress ? "invalid_redirect_uri" : "invalid_client_metadata";
    return refuse(reply, { error: code, error_description: error.message });
  }
}

async function tokens(parts: OAuthParts, request: FastifyRequest, form: Form): Promise<TokenOutcome | Refusal> {
  const { apps } = applicationOf(parts);
  const issuer = issuerOf(request, parts.publicOrigins);
  const clientId = form.get("client_id");
  // A public client has nothing to show here but its name; whoever sends a secret takes us for somebody else.
  if (request.headers.authorization !== undefined || form.has("client_secret")) {
    return { error: "invalid_client", error_description: "Clients have no secret here" };
  }
  if (clientId === undefined) return bad("client_id is missing");
  const asked = form.get("resource");
  const resource = asked === undefined ? undefined : parseResource(asked, issuer);
  if (asked !== undefined && resource === undefined) {
    return { error: "invalid_target", error_description: "There is no such resource" };
  }
  const jkt = await keyOf(parts, request, `${issuer}${OAUTH_PATHS.token}`);
  if (jkt === undefined) return { error: "invalid_dpop_proof", error_description: "The proof proves nothing" };
  switch (form.get("grant_type")) {
    case "authorization_code": {
      const [code, redirect, verifier] = ["code", "redirect_uri", "code_verifier"].map((name) => form.get(name));
      if (code === undefined || redirect === undefined || verifier === undefined) {
        return bad("code, redirect_uri and code_verifier are needed");
      }
      return apps.redeem({ code, clientId, redirect, verifier, resource, jkt });
    }
    case "refresh_token": {
      const refreshToken = form.get("refresh_token");
      if (refreshToken === undefined) return bad("refresh_token is missing");
      const wanted = form.get("scope");
      const scopes = wanted === undefined ? undefined : parseScopes(wanted);
      if (wanted !== undefined && scopes === undefined) {
        return { error: "invalid_scope", error_description: "A scope is unknown or not for apps" };
      }
      return apps.refresh({ refreshToken, clientId, scopes, resource, jkt });
    }
    case undefined:
      return bad("grant_type is missing");
    default:
      return { error: "unsupported_grant_type", error_description: "Codes and refresh tokens are taken" };
  }
}

/** The key that a proof shows; null without a proof, undefined when it proves nothing. */
async function keyOf(
  { clock, proofs }: OAuthParts,
  request: FastifyRequest,
  url: string,
): Promise<string | null | undefined> {
  const { dpop } = request.headers;
  if (dpop === undefined) return null;
  if (typeof dpop !== "string") return undefined;
  return proofs.check(dpop, { method: "POST", url, nowMs: clock.nowMs() });
}

function answerTokens(reply: FastifyReply, outcome: TokenOutcome | Refusal): FastifyReply {
  if (!("type" in outcome)) return refuse(reply, outcome);
  if (outcome.type === "refused") return refuse(reply, { error: outcome.error, error_description: outcome.why });
  return reply
    .headers(DATA_HEADERS)
    .code(200)
    .send({
      access_token: outcome.accessToken,
      token_type: outcome.isBound ? "DPoP" : "Bearer",
      expires_in: outcome.expiresInSeconds,
      refresh_token: outcome.refreshToken,
      scope: outcome.scopes.join(" "),
    });
}

/** The fields of a form, or why it cannot be used. */
function formOf(request: FastifyRequest): Form | Refusal {
  if (request.url.includes("?")) return bad("nothing may stand in the address");
  if (typeof request.body !== "string") return bad(`the body must be ${FORM_TYPE}`);
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(request.body)) {
    if (fields.has(name)) return bad("a parameter stands twice");
    // What stands there without a value counts as not sent (RFC 6749 §3.2).
    if (value !== "") fields.set(name, value);
  }
  return fields;
}

function bad(why: string): Refusal {
  return { error: "invalid_request", error_description: why };
}

function refuse(reply: FastifyReply, refusal: Refusal): FastifyReply {
  return reply
    .headers(DATA_HEADERS)
    .code(refusal.error === "invalid_client" ? 401 : 400)
    .send(refusal);
}

function applicationOf(parts: OAuthParts): Application {
  const house = parts.house();
  if (house === undefined) throw gatewayErrors("starting");
  return house.application;
}
