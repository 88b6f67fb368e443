import type { UserPrincipal } from "@kaelix/model";
import type {
  PasskeyAnswer,
  PasskeyCreation,
  PasskeyCreationOptions,
  PasskeyInfo,
  PasskeyRequestOptions,
  Site,
} from "@kaelix/security";

import type { SignedInPerson, SignInOrigin } from "./identity-port.ts";

/** Passkeys. Refusals are KaelixErrors of the security room. */
export interface PasskeyApplication {
  count(principal: UserPrincipal): number;
  list(principal: UserPrincipal): Promise<readonly PasskeyInfo[]>;
  begin(principal: UserPrincipal, site: Site): Promise<PasskeyCreationOptions>;
  add(
    principal: UserPrincipal,
    site: Site,
    made: { readonly name: string; readonly creation: PasskeyCreation },
  ): Promise<PasskeyInfo>;
  remove(principal: UserPrincipal, way: string): Promise<void>;
  signInOptions(site: Site): PasskeyRequestOptions;
  proofOptions(principal: UserPrincipal, site: Site): Promise<PasskeyRequestOptions>;
  signIn(
    request: SignInOrigin & { readonly answer: PasskeyAnswer; readonly site: Site; readonly phone?: string },
  ): Promise<SignedInPerson>;
}
