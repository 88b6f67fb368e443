/** A person's own security in memory: one key at most, a second factor that is on or off, `123456` is the good code. */
import { seededRandom } from "@kaelix/base";
import { makeId } from "@kaelix/model";
import type { ApiKeyInfo } from "@kaelix/security";

import type { AccessApplication } from "../access-application.ts";
import { fakeIdentityErrors } from "./fake-identity.ts";

const CODES = ["AAAA-BBBB", "CCCC-DDDD"];

export function fakeAccess(): AccessApplication {
  let totp = false;
  const keys: ApiKeyInfo[] = [];
  const check = (code: string): void => {
    if (code !== "123456") throw fakeIdentityErrors("identity-code-wrong");
  };
  return {
    prove: async ({ password, code }) => {
      if (totp && code === undefined) throw fakeIdentityErrors("identity-code-required");
      if (code !== undefined) check(code);
      else if (password !== "testpassword") throw fakeIdentityErrors("identity-credentials-wrong");
      return 300_000;
    },
    endOtherSessions: async () => 2,
    changePassword: async ({ password }) => {
      if (password !== "testpassword") throw fakeIdentityErrors("identity-credentials-wrong");
    },
    factors: () => ({
      totp,
      sentBy: [],
      codesPossible: ["email"],
      recoveryLeft: totp ? 2 : 0,
      proofBy: totp ? "code" : "password",
      provedUntilMs: null,
    }),
    beginTotp: async () => ({ secret: "JBSWY3DP", uri: "otpauth://totp/kaelix?secret=JBSWY3DP", untilMs: 600_000 }),
    confirmTotp: async (_principal, code) => {
      check(code);
      totp = true;
      return CODES;
    },
    removeTotp: async () => {
      totp = false;
    },
    renewRecoveryCodes: async () => CODES,
    keys: async () => keys,
    createKey: async (_principal, { name, kind, scopes, ceiling = 1, reach = "person", expiresAtMs }) => {
      const key = makeId("key", 1, seededRandom(5));
      const info = {
        key,
        name,
        kind,
        scopes,
        ceiling,
        reach,
        createdAtMs: 1,
        expiresAtMs,
        usedAtMs: null,
        state: "open",
      } as const;
      keys.push(info);
      return { key: "klx_shown_once", info };
    },
    endKey: async () => undefined,
    undoKey: async (_principal, key) =>
      keys.some((info) => info.key === key) ? { forgotten: 2, putBack: 1 } : undefined,
    keyName: async () => "Robot",
  };
}
