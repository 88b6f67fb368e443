/**
 * Codes that are sent, behind the gateway: the identity service, with what is refused at the public door written down and the operator
 * kept from changing how somebody signs in.
 */
import { isKaelixError } from "@kaelix/base";
import type { CodeApplication } from "@kaelix/gateway";
import { DEFAULT_TENANT, type UserPrincipal } from "@kaelix/model";
import { type AuditLog, type Identity, securityErrors } from "@kaelix/security";

import type { Operator } from "./operator.ts";

/** The gateway's seam over codes that are sent. */
export function codeApplication(
  { codes }: Pick<Identity, "codes">,
  operator: Operator,
  audit: Pick<AuditLog, "record">,
): CodeApplication {
  const ofPerson = (principal: UserPrincipal): UserPrincipal => {
    if (!operator.is(principal)) return principal;
    throw securityErrors("policy-denied", {
      message: "Cannot have codes sent as the operator of this machine: sign in as the person",
    });
  };
  const nobody = { type: "anonymous", tenantId: DEFAULT_TENANT } as const;
  return {
    sendForEntry: async (request) => {
      const { address, client, by } = request;
      const note = { subject: nobody, action: "identity.code", origin: { address, client } } as const;
      try {
        const sent = await codes.sendForEntry(request);
        void audit.record({ ...note, decision: "allow", reason: by });
        return sent;
      } catch (error) {
        void audit.record({ ...note, decision: "deny", reason: isKaelixError(error) ? error.code : "internal" });
        throw error;
      }
    },
    sendForProof: async (principal, by, address) =>
      operator.is(principal) ? codes.sendToOwner(principal, by) : codes.sendForProof(principal, by, address),
    begin: async (principal, by, address) => codes.begin(ofPerson(principal), by, address),
    confirm: async (principal, by, given) => codes.confirm(ofPerson(principal), by, given),
    remove: async (principal, by) => codes.remove(ofPerson(principal), by),
  };
}
