/**
 * Accounts elsewhere behind the gateway: the identity service, with what comes to the public door written down and the operator kept from
 * adding a way in to somebody's account; and the document that says which providers there are.
 */
import { readFileSync } from "node:fs";

import type { Clock } from "@kaelix/base";
import type { LoginApplication } from "@kaelix/gateway";
import type { UserPrincipal } from "@kaelix/model";
import { type Identity, oidcClient, parseProviders, type ProviderClient, securityErrors } from "@kaelix/security";

import { type AuditedIdentityParts, writtenSignIn } from "./audit/audited-identity.ts";
import { serverErrors } from "./errors.ts";
import type { Operator } from "./operator.ts";

/** The gateway's seam over accounts elsewhere. */
export function loginApplication(
  { providers }: Pick<Identity, "providers">,
  operator: Operator,
  parts: AuditedIdentityParts,
): LoginApplication {
  const ofPerson = (principal: UserPrincipal): UserPrincipal => {
    if (!operator.is(principal)) return principal;
    throw securityErrors("policy-denied", {
      message: "Cannot change linked accounts as the operator of this machine: sign in as the person",
    });
  };
  return {
    begin: (provider, redirectUri, { address }) => providers.begin(provider, redirectUri, address),
    signIn: (request) => writtenSignIn(parts, "identity.provider", request, () => providers.signIn(request)),
    list: (principal) => providers.list(principal),
    beginLink: async (principal, provider, redirectUri) =>
      providers.beginLink(ofPerson(principal), provider, redirectUri),
    link: async (principal, given, address) => providers.link(ofPerson(principal), given, address),
    remove: async (principal, way) => providers.remove(ofPerson(principal), way),
  };
}

/** The providers that a document names; none without one. @throws `login-providers-invalid` */
export function openProviders(file: string | undefined, clock: Clock): readonly ProviderClient[] {
  if (file === undefined) return [];
  const invalid = (what: string): Error =>
    serverErrors("login-providers-invalid", { message: `Cannot use ${file} (KAELIX_LOGIN_PROVIDERS): ${what}` });
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw invalid("it cannot be read");
  }
  const parsed = parseProviders(text, (key) => readFileSync(key, "utf8"));
  if (parsed.type === "invalid") throw invalid(parsed.why);
  return parsed.providers.map((spec) => oidcClient(spec, clock));
}
