/**
 * Refusals of identity while somebody is being asked who they are, as a signed-in client must see them: 403, for the session is good.
 * With 401 a client would renew its token and send the wrong secret a second time.
 */
import { isKaelixError } from "@kaelix/base";

import { gatewayErrors } from "../errors.ts";

/** A refused code by its public name; any other error as it is. */
export function codeRefusal(error: unknown): unknown {
  if (isKaelixError(error, "identity-code-required")) {
    return gatewayErrors("second-factor-needed", { details: error.details });
  }
  return isKaelixError(error, "identity-code-wrong") ? gatewayErrors("code-wrong") : error;
}

/** A refused password, passkey, code or missing proof by its public name; any other error as it is. */
export function proofRefusal(error: unknown): unknown {
  if (isKaelixError(error, "identity-credentials-wrong")) return gatewayErrors("password-wrong");
  if (isKaelixError(error, "passkey-refused")) return gatewayErrors("passkey-wrong");
  return isKaelixError(error, "identity-proof-required") ? gatewayErrors("proof-needed") : codeRefusal(error);
}
