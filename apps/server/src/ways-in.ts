/** Ways in besides the password, behind the gateway. */
import type { Application } from "@kaelix/gateway";
import type { AuditLog, Identity } from "@kaelix/security";

import type { AuditedIdentityParts } from "./audit/audited-identity.ts";
import { loginApplication } from "./login-application.ts";
import { mailApplication } from "./mail-application.ts";
import type { Operator } from "./operator.ts";
import { passkeyApplication } from "./passkey-application.ts";

/** The seams over passkeys, mail and accounts elsewhere. */
export function waysIn(
  identity: Identity,
  operator: Operator,
  { audit, people }: Pick<AuditedIdentityParts, "people"> & { readonly audit: AuditLog },
): Pick<Application, "logins" | "mail" | "passkeys"> {
  const parts = { audit, people, identity };
  return {
    logins: loginApplication(identity, operator, parts),
    mail: mailApplication(identity, operator, audit),
    passkeys: passkeyApplication(identity, operator, parts),
  };
}
