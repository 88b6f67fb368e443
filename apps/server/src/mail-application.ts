/**
 * E-mail addresses behind the gateway: the identity service, with what comes to the public door written down and the operator kept from
 * adding a way in to somebody's account. Where no mail is set up every change is refused and nothing is known of any address.
 */
import type { MailApplication } from "@kaelix/gateway";
import type { UserPrincipal } from "@kaelix/model";
import { type AuditLog, type Identity, type MailDoor, securityErrors } from "@kaelix/security";

import { writtenRecovery } from "./audit/audited-identity.ts";
import type { Operator } from "./operator.ts";

/** The gateway's seam over mail. */
export function mailApplication(
  identity: Pick<Identity, "mail">,
  operator: Operator,
  audit: Pick<AuditLog, "record">,
): MailApplication {
  const door = (): MailDoor => {
    if (identity.mail === undefined) throw securityErrors("email-off");
    return identity.mail;
  };
  const ofPerson = (principal: UserPrincipal): UserPrincipal => {
    if (!operator.is(principal)) return principal;
    throw securityErrors("policy-denied", {
      message: "Cannot change the e-mail address as the operator of this machine: sign in as the person",
    });
  };
  return {
    isAvailable: identity.mail !== undefined,
    address: async (principal) => (await identity.mail?.address(principal)) ?? null,
    begin: async (principal, address) => door().begin(ofPerson(principal), address),
    confirm: async (principal, code) => door().confirm(ofPerson(principal), code),
    remove: async (principal) => door().remove(ofPerson(principal)),
    recover: async ({ email, address }) => door().ask(email, address),
    finish: async ({ address, client, ...given }) => {
      const note = { action: "identity.recovery", origin: { address, client } } as const;
      await writtenRecovery(audit, note, async () => door().finish({ ...given, address }));
    },
  };
}
