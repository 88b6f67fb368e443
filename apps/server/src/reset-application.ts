/**
 * New passwords by links, behind the gateway. A link is made by the operator alone: whoever is at the terminal of the machine could read
 * its key file, too. No owner or administrator makes one from elsewhere. Links that are used are written down.
 */
import type { ResetApplication } from "@kaelix/gateway";
import { type AuditLog, type Identity, securityErrors } from "@kaelix/security";

import { writtenRecovery } from "./audit/audited-identity.ts";
import type { Operator } from "./operator.ts";

/** The gateway's seam over links. */
export function resetApplication(
  { resets }: Pick<Identity, "resets">,
  operator: Operator,
  audit: Pick<AuditLog, "record">,
): ResetApplication {
  return {
    begin: async (principal, user) => {
      if (operator.is(principal)) return resets.begin(user);
      throw securityErrors("policy-denied", {
        message:
          "Cannot set the password of somebody from here: run kaelix users reset on the machine that holds the data",
      });
    },
    finish: async ({ client, ...request }) => {
      const origin = { address: request.address, client };
      await writtenRecovery(audit, { action: "identity.reset", origin }, () => resets.finish(request));
    },
    regain: async (proof) => {
      if (!operator.is(proof.principal)) return resets.regain(proof);
      throw securityErrors("policy-denied", {
        message: "Cannot open the upper levels again as the operator of this machine: sign in as the person",
      });
    },
  };
}
