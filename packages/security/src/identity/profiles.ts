/** What a person told of themself, sealed under their key. */
import { securityErrors } from "../errors.ts";
import type { Keystore } from "../keys/keystore.ts";
import type { UserProfile } from "./identity-types.ts";
import type { ResetStanding } from "./reset-door.ts";
import type { UserRow } from "./rows.ts";

/** Opens a person's profile. Throws `key-damaged`. */
export async function openProfile(keystore: Keystore, row: UserRow): Promise<Omit<UserProfile, keyof ResetStanding>> {
  const place = { user: row.user, purpose: "profile", subject: row.user } as const;
  const opened = await keystore.openForUser(place, Buffer.from(row.sealed, "base64url"));
  const damaged = (): Error => securityErrors("key-damaged", { message: "Cannot open the profile: it is damaged" });
  if (opened.type === "refused") throw damaged();
  const fields = new Map(Object.entries(JSON.parse(opened.bytes.toString()) ?? {}));
  const [phone, name] = [fields.get("phone"), fields.get("name")];
  if (typeof phone !== "string" || typeof name !== "string") throw damaged();
  return { user: row.user, tenant: row.tenant, role: row.role, phone, name };
}
