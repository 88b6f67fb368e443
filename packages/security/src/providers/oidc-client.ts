/**
 * A provider that speaks OpenID Connect: authorization code with PKCE (S256), state and nonce.
 *
 * Guarantees: an answer counts when its state is ours, its `iss` (RFC 9207), where there is one, is the provider's, the code is good with our
 * verifier and exact redirect address, and the ID token is signed by a key of the provider, names its issuer, us and our nonce, and is
 * not over. Speaks TLS, but to this machine itself. The library is loaded with the first sign-in; the provider is asked about itself once
 * an hour.
 */
import { sign } from "node:crypto";

import type { Clock } from "@kaelix/base";
import type * as OpenIdClient from "openid-client";

import { securityErrors } from "../errors.ts";
import type { ProviderChecks, ProviderClient, ProviderIdentity } from "./provider-client.ts";
import type { ClientProof, ProviderSpec } from "./provider-settings.ts";

type Library = typeof OpenIdClient;

const TIMEOUT_SECONDS = 10;
const FRESH_MS = 3_600_000;
const LABEL_LENGTH_MAX = 254;
/** Apple takes tokens of up to six months; ours live as long as one request. */
const APPLE_TOKEN_SECONDS = 300;

/** Makes the client of a provider; asks nothing of it yet. */
export function oidcClient(spec: ProviderSpec, clock: Clock): ProviderClient {
  return new OidcClient(spec, clock);
}

class OidcClient implements ProviderClient {
  readonly #spec: ProviderSpec;
  readonly #clock: Clock;
  #known: { readonly configuration: OpenIdClient.Configuration; readonly untilMs: number } | undefined;

  constructor(spec: ProviderSpec, clock: Clock) {
    this.#spec = spec;
    this.#clock = clock;
  }

  get id(): string {
    return this.#spec.id;
  }

  get name(): string {
    return this.#spec.name;
  }

  async begin({ redirectUri, state, nonce, verifier }: ProviderChecks): Promise<string> {
    const library = await import("openid-client");
    const configuration = await this.#configuration(library);
    const url = library.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: this.#spec.scope,
      response_type: "code",
      code_challenge: await library.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      nonce,
    });
    return url.href;
  }

  async finish({ redirectUri, state, nonce, verifier }: ProviderChecks, query: string): Promise<ProviderIdentity> {
    const library = await import("openid-client");
    const configuration = await this.#configuration(library);
    const url = new URL(redirectUri);
    url.search = query;
    try {
      const tokens = await library.authorizationCodeGrant(configuration, url, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw refused();
      const { email, name } = claims;
      const label = typeof email === "string" ? email : typeof name === "string" ? name : null;
      return { issuer: claims.iss, subject: claims.sub, label: label?.slice(0, LABEL_LENGTH_MAX) ?? null };
    } catch (error) {
      throw isUnreachable(error) ? securityErrors("provider-down", { cause: error }) : refused(error);
    }
  }

  async #configuration(library: Library): Promise<OpenIdClient.Configuration> {
    const nowMs = this.#clock.monotonicMs();
    if (this.#known !== undefined && this.#known.untilMs > nowMs) return this.#known.configuration;
    try {
      const configuration = await this.#ask(library);
      this.#known = { configuration, untilMs: nowMs + FRESH_MS };
      return configuration;
    } catch (cause) {
      throw securityErrors("provider-down", { cause });
    }
  }

  async #ask(library: Library): Promise<OpenIdClient.Configuration> {
    const { clientId, endpoints, issuer, proof } = this.#spec;
    const authentication = authenticationOf(library, proof, { clientId, issuer, clock: this.#clock });
    const isClear = issuer.startsWith("http:");
    if (endpoints === undefined) {
      const execute = [library.enableNonRepudiationChecks, ...(isClear ? [library.allowInsecureRequests] : [])];
      return library.discovery(new URL(issuer), clientId, undefined, authentication, {
        execute,
        timeout: TIMEOUT_SECONDS,
      });
    }
    const { authorization, keys, token } = endpoints;
    const server = { issuer, authorization_endpoint: authorization, token_endpoint: token, jwks_uri: keys };
    const configuration = new library.Configuration(server, clientId, undefined, authentication);
    configuration.timeout = TIMEOUT_SECONDS;
    library.enableNonRepudiationChecks(configuration);
    return configuration;
  }
}

function authenticationOf(
  library: Library,
  proof: ClientProof,
  { clientId, issuer, clock }: { readonly clientId: string; readonly issuer: string; readonly clock: Clock },
): OpenIdClient.ClientAuth {
  switch (proof.type) {
    case "none":
      return library.None();
    case "secret":
      return library.ClientSecretPost(proof.secret);
    case "apple":
      return (_server, _client, body) => {
        body.set("client_id", clientId);
        body.set("client_secret", appleSecret(proof, { clientId, issuer, nowMs: clock.nowMs() }));
      };
  }
}

/** What Apple takes for a client's secret: a token (ES256) that the key of the team has signed. */
export function appleSecret(
  { keyId, privateKey, teamId }: Extract<ClientProof, { readonly type: "apple" }>,
  { clientId, issuer, nowMs }: { readonly clientId: string; readonly issuer: string; readonly nowMs: number },
): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
  const issuedAt = Math.floor(nowMs / 1_000);
  const times = { iat: issuedAt, exp: issuedAt + APPLE_TOKEN_SECONDS };
  const text = `${encode({ alg: "ES256", kid: keyId })}.${encode({ iss: teamId, ...times, aud: issuer, sub: clientId })}`;
  const signature = sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${text}.${signature.toString("base64url")}`;
}

function refused(cause?: unknown): Error {
  return securityErrors("provider-refused", cause === undefined ? {} : { cause });
}

/** True when the provider was not reached; everything else is an answer that does not count. */
function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? error.code : undefined;
  return error instanceof TypeError || code === "OAUTH_TIMEOUT" || code === "OAUTH_ABORT";
}
