/** Links in memory: `LINK` is the good code, `testpassword` the password from before. */
import { securityErrors } from "@kaelix/security";

import type { ResetApplication } from "../ways-in-application.ts";

export function fakeResets(): ResetApplication {
  return {
    begin: async () => ({ code: "LINK", untilMs: 600_000 }),
    finish: async ({ code }) => {
      if (code !== "LINK") throw securityErrors("reset-link-wrong");
    },
    regain: async ({ password }) => {
      if (password !== "testpassword") throw securityErrors("identity-credentials-wrong");
    },
  };
}
