export { AUDITED, fillAudit, openTestAudit } from "./audit.ts";
export { OWNER, openTestIdentity, principalOf } from "./identity.ts";
export { checkIndependently } from "./independent-audit-verifier.ts";
export { openedAge, sourceOf } from "./opened-age.ts";
export { referenceAllows } from "./policy-reference.ts";
export { type PolicyCase, PolicyWorlds } from "./policy-worlds.ts";
export { type PasskeyFlaws, SoftwarePasskey } from "./software-passkey.ts";
export { tamper } from "./tampering.ts";
