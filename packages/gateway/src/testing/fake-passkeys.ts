/** Passkeys in memory: at most one, and any answer whose credential is `Z29vZA` is good. */
import { seededRandom } from "@kaelix/base";
import { DEFAULT_TENANT, makeId } from "@kaelix/model";
import { type PasskeyInfo, securityErrors } from "@kaelix/security";

import type { PasskeyApplication } from "../ways-in-application.ts";

const GOOD = "Z29vZA";

export function fakePasskeys(): PasskeyApplication {
  let kept: PasskeyInfo | undefined;
  const request = { challenge: "Y2hhbGxlbmdl", timeout: 300_000, userVerification: "required" } as const;
  return {
    count: () => (kept === undefined ? 0 : 1),
    list: async () => (kept === undefined ? [] : [kept]),
    begin: async (_principal, site) => ({
      rp: { id: site.rpId, name: "Kaelix" },
      user: { id: "dXNlcg", name: "+10000000000", displayName: "Alice" },
      challenge: request.challenge,
      pubKeyCredParams: [{ type: "public-key", alg: -7 }],
      timeout: request.timeout,
      attestation: "none",
      excludeCredentials: [],
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
    }),
    add: async (_principal, site, { name, creation }) => {
      if (creation.id !== GOOD) throw securityErrors("passkey-refused");
      kept = { way: GOOD, name, rpId: site.rpId, isSynced: false, createdAtMs: 1, usedAtMs: null };
      return kept;
    },
    remove: async (_principal, way) => {
      if (kept?.way !== way) throw securityErrors("passkey-missing");
      kept = undefined;
    },
    signInOptions: (site) => ({ ...request, rpId: site.rpId, allowCredentials: [] }),
    proofOptions: async (_principal, site) => ({ ...request, rpId: site.rpId, allowCredentials: [] }),
    signIn: async ({ answer }) => {
      if (answer.id !== GOOD) throw securityErrors("passkey-refused");
      return {
        accessToken: "good-1",
        expiresInSeconds: 600,
        refreshToken: "refresh-1",
        ceiling: { level: 2, untilMs: null },
        profile: {
          user: makeId("usr", 1, seededRandom(1)),
          tenant: DEFAULT_TENANT,
          role: "owner",
          phone: "+10000000000",
          name: "Alice",
          resetAtMs: null,
          heldSinceMs: null,
        },
      };
    },
  };
}
