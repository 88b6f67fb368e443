/** Codes that are sent, in memory: `123456` is the good code. */
import { securityErrors } from "@kaelix/security";

import type { CodeApplication } from "../ways-in-application.ts";

export function fakeCodes(): CodeApplication {
  const sent = { request: "q83vEjRWeJq83vEjRWeJqA", untilMs: 600_000 };
  return {
    sendForEntry: async ({ password }) => {
      if (password !== "testpassword") throw securityErrors("identity-credentials-wrong");
      return sent;
    },
    sendForProof: async () => sent,
    begin: async () => sent,
    confirm: async (_principal, _by, { code }) => {
      if (code !== "123456") throw securityErrors("identity-code-wrong");
      return ["AAAA-BBBB"];
    },
    remove: async () => undefined,
  };
}
