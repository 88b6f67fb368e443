/** What a person goes by: the name of their account, and who they said they are in imports that stand. */
import { saidOf } from "@kaelix/capture";
import type { ImportId, UserId } from "@kaelix/model";
import { type Keystore, openProfile, securityErrors } from "@kaelix/security";
import type { MemoryStore, PeopleStore, WorldOwner } from "@kaelix/views";

/** Where it is read from. */
interface OwnerSources {
  readonly people: Pick<PeopleStore, "user">;
  readonly store: Pick<MemoryStore, "imports">;
  readonly keystore: Keystore;
}

/** Reads it; what cannot be opened is not known. @throws `identity-user-missing` while the account is not there to be read */
export async function readWorldOwner({ keystore, people, store }: OwnerSources, user: UserId): Promise<WorldOwner> {
  const row = await people.user(user);
  if (row === undefined) throw securityErrors("identity-user-missing");
  // A damaged profile is told of where somebody signs in; a world can do without the name.
  const profile = await openProfile(keystore, row).catch(() => undefined);
  const names = new Set(profile === undefined ? [] : [profile.name]);
  const answeredImports: ImportId[] = [];
  const imports = (await store.imports(user)).filter(({ state }) => state !== "undone");
  for (const { importId, sealed } of imports.toReversed()) {
    const opened = await keystore.openForUser({ user, purpose: "import", subject: importId }, sealed);
    const { me } = opened.type === "opened" ? saidOf(opened.bytes) : {};
    if (me === undefined) continue;
    names.add(me);
    answeredImports.push(importId);
  }
  return { names: [...names], answeredImports };
}
