import type { SealView } from "@kaelix/security";

import type { Answer, HandlersOf } from "../http/exchange.ts";

/** The key that a person's browser seals level 4 with. */
export const sealHandlers: HandlersOf<"seal.read" | "seal.change" | "seal.place"> = {
  "seal.read": async ({ application, principal }) =>
    answerOf(principal.tenantId, await application.seal.read(principal)),
  "seal.change": async ({ application, principal, body: { anew, key_id: keyId, revision, wraps } }) =>
    answerOf(principal.tenantId, await application.seal.change(principal, { revision, keyId, wraps, isAnew: anew })),
  "seal.place": async ({ application, principal, body }) => ({
    type: "json",
    body: { id: await application.seal.place(principal, body.external_id) },
  }),
};

function answerOf(tenant: string, { keyId, revision, wraps }: SealView): Answer {
  return { type: "json", body: { revision, key_id: keyId, tenant, wraps } };
}
