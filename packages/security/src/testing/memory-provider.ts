/** A provider of accounts in memory: whom it vouches for stands in the query, under the state and nonce that it was begun with. */
import { securityErrors } from "../errors.ts";
import type { ProviderClient } from "../providers/provider-client.ts";

/** One, whose issuer is `https://ID.example`. */
export function memoryProvider(id: string): ProviderClient {
  const issuer = `https://${id}.example`;
  return {
    id,
    name: `At ${id}`,
    begin: async ({ nonce, redirectUri, state }) =>
      `${issuer}/?${new URLSearchParams({ nonce, redirect_uri: redirectUri, state }).toString()}`,
    finish: async ({ nonce, state }, query) => {
      const given = new URLSearchParams(query);
      const subject = given.get("subject");
      if (given.get("state") !== state || given.get("nonce") !== nonce || subject === null) {
        throw securityErrors("provider-refused");
      }
      return { issuer, subject, label: `${subject}@example.com` };
    },
  };
}

/** The query that the provider sends a browser back with, once somebody has signed in at the address it was sent to. */
export function vouchFor(url: string, subject: string): string {
  const { searchParams } = new URL(url);
  const [state, nonce] = [searchParams.get("state") ?? "", searchParams.get("nonce") ?? ""];
  return new URLSearchParams({ state, nonce, subject }).toString();
}
