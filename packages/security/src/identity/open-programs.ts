import type { Clock, RandomSource } from "@kaelix/base";
import type { UserId } from "@kaelix/model";

import type { AccessRegister } from "../access/access-register.ts";
import { ApiKeys } from "../access/api-keys.ts";
import { KeyOwners } from "../access/key-owners.ts";
import { Apps } from "../apps/apps.ts";
import { AppClients } from "../apps/clients.ts";
import type { IdentityOptions } from "./identity-options.ts";
import type { UserRow } from "./rows.ts";

/** Programs that act for people: their own by keys, those of others by signing in. */
export function openPrograms(
  { keystore, onSuspicion, readDocument }: IdentityOptions,
  shared: {
    readonly register: AccessRegister;
    readonly clock: Clock;
    readonly random: RandomSource;
    readonly user: (id: UserId) => Promise<UserRow | undefined>;
  },
): { readonly apiKeys: ApiKeys; readonly apps: Apps } {
  const parts = { ...shared, keystore, owners: new KeyOwners(shared) };
  const clients = new AppClients({ ...shared, secret: keystore.systemSecret("app-clients"), read: readDocument });
  const apps = new Apps({
    ...parts,
    clients,
    onReuse: ({ key, tenant, user }) => onSuspicion?.({ user, tenant, reason: "app-token-copied", app: key }),
  });
  return { apiKeys: new ApiKeys(parts), apps };
}
