/** The seam to a provider that people have an account at. */

/** What a sign-in was begun with; none of it is shown to anybody but the provider. */
export interface ProviderChecks {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  /** PKCE, RFC 7636. */
  readonly verifier: string;
}

/** Whom a provider vouches for. */
export interface ProviderIdentity {
  readonly issuer: string;
  readonly subject: string;
  /** What the provider shows of the account, such as an address; never who it is. */
  readonly label: string | null;
}

/**
 * One provider. Every adapter guarantees: the account that `finish` answers was vouched for by this issuer, to us, for a code that was
 * begun with exactly these checks. It keeps nothing between the two.
 */
export interface ProviderClient {
  readonly id: string;
  readonly name: string;
  /** Where the browser goes. Throws `provider-down`. */
  begin(checks: ProviderChecks): Promise<string>;
  /**
   * Takes what the browser came back with.
   * @param query of the address it came back to, as it was
   * @throws `provider-refused`, `provider-down`
   */
  finish(checks: ProviderChecks, query: string): Promise<ProviderIdentity>;
}
