/** Ways in besides the password, behind the gateway. */
import type { Application } from "@kaelix/gateway";
import type { AuditLog, Identity } from "@kaelix/security";

import type { AuditedIdentityParts } from "./audit/audited-identity.ts";
import { codeApplication } from "./code-application.ts";
import { loginApplication } from "./login-application.ts";
import { mailApplication } from "./mail-application.ts";
import type { Operator } from "./operator.ts";
import { passkeyApplication } from "./passkey-application.ts";
import { resetApplication } from "./reset-application.ts";

/** The seams over passkeys, mail, codes and accounts elsewhere. */
export function waysIn(
  identity: Identity,
  operator: Operator,
  { audit, people }: Pick<AuditedIdentityParts, "people"> & { readonly audit: AuditLog },
): Pick<Application, "codes" | "logins" | "mail" | "passkeys" | "resets"> {
  const parts = { audit, people, identity };
  return {
    codes: codeApplication(identity, operator, audit),
    logins: loginApplication(identity, operator, parts),
    mail: mailApplication(identity, operator, audit),
    resets: resetApplication(identity, operator, audit),
    passkeys: passkeyApplication(identity, operator, parts),
  };
}
