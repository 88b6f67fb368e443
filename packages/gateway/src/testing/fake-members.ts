/** Members in memory: the asker alone, and no invitation. */
import { DEFAULT_TENANT } from "@kaelix/model";

import type { TenantApplication } from "../tenant-application.ts";
import type { MemberApplication } from "../member-application.ts";
import { fakeErrors } from "./fake-application.ts";

export function fakeMembers(): MemberApplication {
  const missing = async (): Promise<void> => {
    throw fakeErrors("member-missing");
  };
  return {
    list: async ({ userId: user, role }) => [
      { user, name: "Ann", phone: "+1234567890", role, registeredAtMs: 1, seenAtMs: 2, suspendedAtMs: null },
    ],
    setRole: missing,
    suspend: missing,
    restore: missing,
    invites: async () => [],
    endInvite: missing,
  };
}

export function fakeTenants(): TenantApplication {
  const missing = async (): Promise<never> => {
    throw fakeErrors("member-missing");
  };
  const standing = { suspendedAtMs: null, endedAtMs: null };
  return {
    list: async () => [{ tenant: DEFAULT_TENANT, people: 1, invitedUntilMs: null, ...standing }],
    add: missing,
    suspend: missing,
    resume: missing,
    end: missing,
  };
}
