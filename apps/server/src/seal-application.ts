/**
 * The keys that people's browsers seal with, behind the gateway. The operator of the machine is kept from them: whoever can read the data
 * directory must neither be shown what a passphrase could be guessed from nor put a key of their own in its place.
 */
import type { Remember } from "@kaelix/capture";
import type { SealApplication } from "@kaelix/gateway";
import type { UserPrincipal } from "@kaelix/model";
import { type Identity, securityErrors } from "@kaelix/security";

import { ownerOf } from "./imports-application.ts";
import type { Operator } from "./operator.ts";

/** The gateway's seam over the keys and over capture. */
export function sealApplication(parts: {
  readonly identity: Pick<Identity, "seals">;
  readonly operator: Pick<Operator, "is">;
  readonly remember: Pick<Remember, "placeOf">;
}): SealApplication {
  const { identity, operator, remember } = parts;
  const ofPerson = (principal: UserPrincipal): UserPrincipal => {
    if (!operator.is(principal)) return principal;
    throw securityErrors("policy-denied", {
      message: "Cannot touch what a person seals as the operator of this machine: sign in as the person",
    });
  };
  return {
    read: async (principal) => identity.seals.read(ofPerson(principal)),
    change: async (principal, change) => identity.seals.change(ofPerson(principal), change),
    place: async (principal, externalId) => remember.placeOf(ownerOf(ofPerson(principal)), externalId),
  };
}
