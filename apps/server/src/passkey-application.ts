/**
 * Passkeys behind the gateway: the identity service, with what comes to the public door written down and the operator kept from adding a
 * way in to somebody's account.
 */
import type { PasskeyApplication } from "@kaelix/gateway";
import type { UserPrincipal } from "@kaelix/model";
import { type Identity, securityErrors } from "@kaelix/security";

import { type AuditedIdentityParts, writtenSignIn } from "./audit/audited-identity.ts";
import type { Operator } from "./operator.ts";

/** The gateway's seam over passkeys. */
export function passkeyApplication(
  identity: Identity,
  operator: Operator,
  parts: AuditedIdentityParts,
): PasskeyApplication {
  const { passkeys } = identity;
  const ofPerson = (principal: UserPrincipal): UserPrincipal => {
    if (!operator.is(principal)) return principal;
    throw securityErrors("policy-denied", {
      message: "Cannot change passkeys as the operator of this machine: sign in as the person",
    });
  };
  return {
    count: (principal) => passkeys.count(principal),
    list: (principal) => passkeys.list(principal),
    begin: async (principal, site) => passkeys.begin(ofPerson(principal), site),
    add: async (principal, site, made) => passkeys.add(ofPerson(principal), site, made),
    remove: async (principal, way) => passkeys.remove(ofPerson(principal), way),
    signInOptions: (site) => passkeys.signInOptions(site),
    proofOptions: async (principal, site) => passkeys.proofOptions(ofPerson(principal), site),
    signIn: (request) => writtenSignIn(parts, "identity.passkey", request, () => passkeys.signIn(request)),
  };
}
