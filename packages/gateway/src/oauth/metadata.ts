/** What a client reads to find out how to sign in: RFC 9728 of each door, RFC 8414 of the server. Pure. */
import { APP_SCOPES, type AppResource, PROOF_ALGORITHMS, resourceUrl, USUAL_SCOPES } from "@kaelix/security";

import type { Json } from "../http/wire.ts";

/** Where the documents and the endpoints are. */
export const OAUTH_PATHS = {
  server: "/.well-known/oauth-authorization-server",
  mcp: "/.well-known/oauth-protected-resource/mcp",
  api: "/.well-known/oauth-protected-resource/api/v1",
  token: "/oauth/token",
  revoke: "/oauth/revoke",
  register: "/oauth/register",
} as const;

/** The same as places with methods, for `405` and `Allow`. */
export const OAUTH_PLACES = Object.values(OAUTH_PATHS).map((path) => ({
  path,
  method: path.startsWith("/oauth/") ? "POST" : "GET",
}));

/** A door: whose tokens it takes (RFC 9728). */
export function resourceMetadata(resource: AppResource, issuer: string): Json {
  return {
    resource: resourceUrl(resource, issuer),
    authorization_servers: [issuer],
    // Clients ask for all that stands here when nothing else tells them: no more than an agent usually needs.
    scopes_supported: USUAL_SCOPES,
    bearer_methods_supported: ["header"],
    resource_name: "Kaelix",
    dpop_signing_alg_values_supported: PROOF_ALGORITHMS,
    dpop_bound_access_tokens_required: false,
  };
}

/** The server (RFC 8414). `takesAddresses`: ids of clients may be addresses of their descriptions. */
export function serverMetadata(issuer: string, takesAddresses: boolean): Json {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}${OAUTH_PATHS.token}`,
    revocation_endpoint: `${issuer}${OAUTH_PATHS.revoke}`,
    registration_endpoint: `${issuer}${OAUTH_PATHS.register}`,
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: ["authorization_code", "refresh_token"],
    code_challenge_methods_supported: ["S256"],
    token_endpoint_auth_methods_supported: ["none"],
    revocation_endpoint_auth_methods_supported: ["none"],
    scopes_supported: APP_SCOPES,
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: takesAddresses,
    protected_resources: [resourceUrl("mcp", issuer), resourceUrl("api", issuer)],
    dpop_signing_alg_values_supported: PROOF_ALGORITHMS,
  };
}

/** What a 401 says of where to sign in (RFC 9728 §5.1), and at the door of agents what to ask for. */
export function signInHint(path: string, issuer: string): string {
  const resource = path === "/mcp" ? "mcp" : "api";
  const scope = resource === "mcp" ? `, scope="${USUAL_SCOPES.join(" ")}"` : "";
  return `, resource_metadata="${issuer}${OAUTH_PATHS[resource]}"${scope}`;
}
