/** Mail in memory: `123456` is the good code. */
import { securityErrors } from "@kaelix/security";

import type { MailApplication } from "../ways-in-application.ts";

export function fakeMail(): MailApplication {
  let kept: string | null = null;
  let begun: string | null = null;
  const check = (code: string): void => {
    if (code !== "123456") throw securityErrors("email-code-wrong");
  };
  return {
    isAvailable: true,
    address: async () => kept,
    begin: async (_principal, address) => {
      begun = address;
      return 600_000;
    },
    confirm: async (_principal, code) => {
      check(code);
      return (kept = begun ?? "");
    },
    remove: async () => {
      kept = null;
    },
    recover: async () => ({ request: "q83vEjRWeJq83vEjRWeJqA", untilMs: 600_000 }),
    finish: async ({ code }) => check(code),
  };
}
