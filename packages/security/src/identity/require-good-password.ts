/** Whether a password may be chosen here, by the rules of the installation. */
import { securityErrors } from "../errors.ts";
import { commonPasswords } from "./common-passwords.ts";
import type { IdentitySettings } from "./identity-types.ts";
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from "./parse.ts";
import { passwordProblem } from "./password-rules.ts";

/** Throws `identity-password-…` when a password cannot be used; `personal`: what a stranger may know of its owner. */
export async function requireGoodPassword(
  password: string,
  personal: readonly string[],
  { passwordLengthMin = PASSWORD_LENGTH_MIN, isBreached }: IdentitySettings = {},
): Promise<void> {
  const problem = passwordProblem(password, passwordLengthMin, personal, await commonPasswords());
  if (problem === "common") throw securityErrors("identity-password-common");
  if (problem === "personal") throw securityErrors("identity-password-personal");
  if (problem === "length") {
    throw securityErrors("identity-password-invalid", {
      message: `Password must have ${passwordLengthMin} to ${PASSWORD_LENGTH_MAX} characters`,
    });
  }
  if (isBreached !== undefined && (await isBreached(password))) throw securityErrors("identity-password-breached");
}
