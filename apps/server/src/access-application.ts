/**
 * A person's own security behind the gateway: the identity service, with the operator kept from what is a person's alone. Whoever can
 * read the data directory must not be able to lock the owner out of their own account: no change of password or factors.
 */
import { undoClient } from "@kaelix/capture";
import type { AccessApplication } from "@kaelix/gateway";
import type { ApiKeyId, UserPrincipal } from "@kaelix/model";
import { type Identity, securityErrors } from "@kaelix/security";

import { ownerOf } from "./imports-application.ts";
import type { Operator } from "./operator.ts";

/** The gateway's seam over identity. */
export function accessApplication(
  identity: Identity,
  operator: Operator,
  writing: Parameters<typeof undoClient>[0],
): AccessApplication {
  const ofPerson = (principal: UserPrincipal): UserPrincipal => {
    if (!operator.is(principal)) return principal;
    throw securityErrors("policy-denied", {
      message: "Cannot change password or factors as the operator of this machine: sign in as the person",
    });
  };
  return {
    prove: (proof) => (operator.is(proof.principal) ? operator.prove(proof) : identity.prove(proof)),
    endOtherSessions: (principal) => identity.logOutAll(principal, principal.sessionId),
    changePassword: async (request) => identity.changePassword({ ...request, principal: ofPerson(request.principal) }),
    factors: (principal) => {
      const { by, provedUntilMs } = identity.proofNeeded(principal);
      // The operator has no session that a code could be kept for: they sign in anew, with all that takes.
      const proof = operator.is(principal)
        ? { proofBy: "password" as const, provedUntilMs: operator.provedUntilMs }
        : { proofBy: by, provedUntilMs };
      return { ...identity.factors(principal), codesPossible: identity.codes.ways, ...proof };
    },
    beginTotp: async (principal) => identity.beginTotp(ofPerson(principal)),
    confirmTotp: async (principal, code) => identity.confirmTotp(ofPerson(principal), code),
    removeTotp: async (principal) => identity.removeTotp(ofPerson(principal)),
    renewRecoveryCodes: async (principal) => identity.renewRecoveryCodes(ofPerson(principal)),
    keys: (principal) => identity.apiKeys.list(principal),
    createKey: (principal, request) => identity.apiKeys.create(principal, request),
    endKey: (principal, key) => identity.apiKeys.end(principal, key),
    undoKey: async (principal, key, { isDryRun, sinceMs }) => {
      if ((await programName(identity, principal, key)) === undefined) return undefined;
      return undoClient(writing, { owner: ownerOf(principal), key, sinceMs, ceiling: principal.ceiling, isDryRun });
    },
    keyName: (principal, key) => programName(identity, principal, key),
  };
}

/** What a program of this person is called, be it one of theirs or an app that they let in. */
export async function programName(
  { apiKeys, apps }: Identity,
  principal: UserPrincipal,
  key: ApiKeyId,
): Promise<string | undefined> {
  return (await apiKeys.nameOf(principal, key)) ?? apps.nameOf(principal, key);
}
