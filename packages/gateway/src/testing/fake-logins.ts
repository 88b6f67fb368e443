/** Accounts elsewhere in memory: one provider `example`, whose only account comes back with the query `code=good`. */
import { type LinkedAccount, securityErrors } from "@kaelix/security";

import type { LoginApplication } from "../ways-in-application.ts";
import { fakePasskeys } from "./fake-passkeys.ts";

const HANDLE = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

export function fakeLogins(): LoginApplication {
  let kept: LinkedAccount | undefined;
  const passkeys = fakePasskeys();
  const begun = async (provider: string, back: string) => {
    if (provider !== "example") throw securityErrors("provider-missing");
    return { url: `https://id.example.com/?redirect_uri=${encodeURIComponent(back)}`, flow: HANDLE, untilMs: 600_000 };
  };
  const mustBeGood = (query: string | undefined): void => {
    if (query !== "code=good") throw securityErrors("provider-refused");
  };
  return {
    begin: begun,
    beginLink: async (_principal, provider, back) => begun(provider, back),
    signIn: async ({ query, ...from }) => {
      mustBeGood(query);
      const site = { rpId: "localhost", origin: "http://localhost" };
      const response = { clientDataJSON: "", authenticatorData: "", signature: "" };
      return passkeys.signIn({ ...from, site, answer: { id: "Z29vZA", response } });
    },
    list: async () => (kept === undefined ? [] : [kept]),
    link: async (_principal, { query }) => {
      mustBeGood(query);
      kept = { way: HANDLE, provider: "example", name: "Example", label: null, createdAtMs: 1, usedAtMs: null };
      return kept;
    },
    remove: async (_principal, way) => {
      if (kept?.way !== way) throw securityErrors("provider-link-missing");
      kept = undefined;
    },
  };
}
