import type { MemoryClient, UserPrincipal } from "@kaelix/model";
import type { Subject } from "@kaelix/security";

import type { AccessApplication } from "../access-application.ts";

/** The program that writes, as it stands in what it writes; undefined when a person does. */
export async function writerOf(
  access: Pick<AccessApplication, "keyName">,
  subject: Exclude<Subject, { type: "anonymous" }> | undefined,
  principal: UserPrincipal,
): Promise<MemoryClient | undefined> {
  if (subject?.type !== "agent") return undefined;
  return { key: subject.keyId, name: (await access.keyName(principal, subject.keyId)) ?? "?" };
}
