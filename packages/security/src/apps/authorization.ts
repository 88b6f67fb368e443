/**
 * What an app asks for when it sends a person here (OAuth 2.1 §4.1.1), read and held against what is allowed. Pure.
 *
 * Guarantees: nothing goes back to an address before it is known to be the app's; no way without PKCE S256; a parameter that stands twice is
 * an error, never the first or the last of the two; what goes back names us (`iss`, RFC 9207), so that a client of several servers can tell.
 */
import { securityErrors } from "../errors.ts";
import { ACTIONS, type Action, parseAction } from "../policy/actions.ts";
import type { AppClient } from "./clients.ts";
import { matchesRedirect } from "./redirects.ts";

/** The door that tokens are for. */
export type AppResource = "mcp" | "api";

/** What an app asks for. */
export interface AppRequest {
  readonly client: AppClient;
  readonly redirect: string;
  readonly state: string | undefined;
  readonly scopes: readonly Action[];
  readonly resource: AppResource;
  /** PKCE S256: SHA-256 of a verifier (base64url). */
  readonly challenge: string;
}

/** A request, or the address that its error goes to. */
export type ParsedAppRequest =
  | { readonly type: "request"; readonly request: AppRequest }
  | { readonly type: "back"; readonly to: string };

/** Scopes that an app gets when it names none: reading, asking and telling, no change of what is there. */
export const USUAL_SCOPES: readonly Action[] = [
  "memory.create",
  "memory.read",
  "memory.list",
  "memory.search",
  "memory.ask",
  "people.read",
  "digest.read",
  "user.read",
];
/** Every scope that an app may ask for. */
export const APP_SCOPES: readonly Action[] = (Object.keys(ACTIONS) as Action[]).filter((name) =>
  ACTIONS[name].keys.includes("agent"),
);

const STATE_LENGTH_MAX = 2_000;
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
const ONCE = [
  "response_type",
  "response_mode",
  "state",
  "scope",
  "resource",
  "code_challenge",
  "code_challenge_method",
];
const REFUSED = ["request", "request_uri"];

/** Where each door is, as tokens and metadata name it. */
export function resourceUrl(resource: AppResource, issuer: string): string {
  return `${issuer}${resource === "mcp" ? "/mcp" : "/api/v1"}`;
}

/** The door that an address names; undefined for any other. */
export function parseResource(text: string, issuer: string): AppResource | undefined {
  return (["mcp", "api"] as const).find((one) => resourceUrl(one, issuer) === text);
}

/** The id of the client that a query names. @throws `app-request-invalid` */
export function clientIdOf(query: URLSearchParams): string {
  const [id, ...more] = query.getAll("client_id");
  if (id === undefined || id === "" || more.length > 0) throw invalid("client_id must stand once");
  return id;
}

/**
 * Reads a request.
 * @throws `app-request-invalid` when it cannot even be said where an error should go
 */
export function parseAppRequest(query: URLSearchParams, client: AppClient, issuer: string): ParsedAppRequest {
  const [redirect, ...more] = query.getAll("redirect_uri");
  if (redirect === undefined || more.length > 0) throw invalid("redirect_uri must stand once");
  if (!matchesRedirect(redirect, client.redirects)) throw invalid("redirect_uri is not one that the app has named");
  const given = query.get("state") ?? undefined;
  const state = given !== undefined && given.length <= STATE_LENGTH_MAX ? given : undefined;
  const back = (error: string, why: string): ParsedAppRequest => ({
    type: "back",
    to: answerUrl({ redirect, state }, issuer, { error, error_description: why }),
  });
  const twice = ONCE.find((name) => query.getAll(name).length > 1);
  if (twice === "resource") return back("invalid_target", "tokens are for one resource");
  if (twice !== undefined) return back("invalid_request", `${twice} must stand once`);
  if (given !== state) return back("invalid_request", "state is too long");
  if (query.get("response_type") !== "code") return back("unsupported_response_type", "response_type must be code");
  if ((query.get("response_mode") ?? "query") !== "query")
    return back("invalid_request", "response_mode must be query");
  if (REFUSED.some((name) => query.has(name)))
    return back("request_not_supported", "requests are not taken as objects");
  const challenge = query.get("code_challenge") ?? "";
  if (query.get("code_challenge_method") !== "S256") {
    return back("invalid_request", "code_challenge_method must be S256");
  }
  if (!CHALLENGE.test(challenge)) return back("invalid_request", "code_challenge must be 43 letters of base64url");
  const scopes = parseScopes(query.get("scope"));
  if (scopes === undefined) return back("invalid_scope", "a scope is unknown or not for apps");
  const asked = query.get("resource");
  const resource = asked === null ? "api" : parseResource(asked, issuer);
  if (resource === undefined) return back("invalid_target", "there is no such resource");
  return { type: "request", request: { client, redirect, state, scopes, resource, challenge } };
}

/** The scopes that a text names, the usual ones when it names none; undefined when one is not for apps. */
export function parseScopes(text: string | null): readonly Action[] | undefined {
  // A wish for a refresh token: there always is one.
  const names = (text ?? "").split(" ").filter((name) => name !== "" && name !== "offline_access");
  if (names.length === 0) return USUAL_SCOPES;
  const scopes = [...new Set(names)].map((name) => APP_SCOPES.find((scope) => scope === parseAction(name)));
  const known = scopes.filter((scope) => scope !== undefined);
  return known.length === scopes.length ? known : undefined;
}

/** The address that an answer goes to. */
export function answerUrl(
  { redirect, state }: Pick<AppRequest, "redirect" | "state">,
  issuer: string,
  answer: Readonly<Record<string, string>>,
): string {
  const url = new URL(redirect);
  for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value);
  if (state !== undefined) url.searchParams.set("state", state);
  url.searchParams.set("iss", issuer);
  return url.href;
}

function invalid(why: string): Error {
  return securityErrors("app-request-invalid", { message: `Cannot let the app in: ${why}` });
}
