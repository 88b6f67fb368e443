/** Apps in memory: one app, that of `https://app.example`, and one code, `good`. */
import { seededRandom } from "@kaelix/base";
import { makeId } from "@kaelix/model";
import { type AppInfo, securityErrors } from "@kaelix/security";

import type { AppsApplication } from "../apps-application.ts";

export function fakeApps(): AppsApplication {
  const redirect = "https://app.example/back";
  const client = { id: "https://app.example/client.json", name: "An app", redirects: [redirect], host: "app.example" };
  const request = {
    client,
    redirect,
    state: undefined,
    scopes: ["memory.search"] as const,
    resource: "mcp" as const,
    challenge: "c".repeat(43),
  };
  const info: AppInfo = {
    key: makeId("key", 1, seededRandom(9)),
    name: client.name,
    host: client.host,
    redirect: "app.example",
    resource: "mcp",
    scopes: request.scopes,
    ceiling: 1,
    reach: "person",
    createdAtMs: 1,
    expiresAtMs: 2,
    usedAtMs: null,
    state: "open",
  };
  const gone = { type: "refused", error: "invalid_grant", why: "the code is unknown" } as const;
  const good = {
    type: "tokens",
    accessToken: "kla_good",
    expiresInSeconds: 600,
    refreshToken: "klr_good",
    scopes: request.scopes,
    isBound: false,
  } as const;
  return {
    ask: async (query) => {
      if (!query.includes("client_id=")) throw securityErrors("app-request-invalid");
      return { type: "question", request, denied: `${redirect}?error=access_denied` };
    },
    connect: async () => ({ to: `${redirect}?code=good`, key: info.key }),
    list: async () => [info],
    end: async (_principal, key) => {
      if (key !== info.key) throw securityErrors("app-missing");
    },
    redeem: async ({ code }) => (code === "good" ? good : gone),
    refresh: async ({ refreshToken }) => (refreshToken === "klr_good" ? good : gone),
    revoke: async () => undefined,
    clients: { takesAddresses: true, register: () => client },
  };
}
