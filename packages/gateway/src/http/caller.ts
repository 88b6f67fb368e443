/**
 * A program behind a key, as handlers see it. The policy is asked about the program itself; handlers work for a person, so they get
 * one who stands in: an agent's person below the key's ceiling and within its reach, under a session that nobody has; for a service
 * somebody who owns nothing.
 */
import { assert } from "@kaelix/base";
import { type IdPrefix, parseId, type UserPrincipal } from "@kaelix/model";
import type { AgentSubject, ServiceSubject } from "@kaelix/security";

/** The person that handlers work for. */
export function standIn(subject: UserPrincipal | AgentSubject | ServiceSubject): UserPrincipal {
  if (subject.type === "user") return subject;
  const { tenantId } = subject;
  const sessionId = sameLetters("ses", subject.keyId);
  if (subject.type === "agent") {
    const { ceiling, keyId: key, reach, role, userId } = subject;
    return { type: "user", tenantId, userId, role, sessionId, ceiling, program: { key, reach } };
  }
  return { type: "user", tenantId, userId: sameLetters("usr", subject.keyId), role: "guest", sessionId, ceiling: 1 };
}

/** An id of another kind with the letters of a key's: it is nobody's, for ids of two kinds are never made from the same letters. */
function sameLetters<Prefix extends IdPrefix>(
  prefix: Prefix,
  keyId: string,
): NonNullable<ReturnType<typeof parseId<Prefix>>> {
  const id = parseId(prefix, `${prefix}_${keyId.slice("key_".length)}`);
  assert(id !== undefined, "The letters of an id are those of any other kind");
  return id;
}
