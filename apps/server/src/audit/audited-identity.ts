/**
 * Identity, with what comes to its public doors written down: signing up and in, what is refused there, a refresh token used twice.
 * What a signed-in person does is written down by the gateway. Guarantees: no phone number, name, password or code in an entry; from
 * where is sealed. An attempt that is refused names nobody: to look the number up would tell by the time taken whether it is known.
 */
import { isKaelixError } from "@kaelix/base";
import type { IdentityPort, SignedInPerson, SignInOrigin } from "@kaelix/gateway";
import { DEFAULT_TENANT, parseId, type SessionId, type TenantId, type UserId, type UserPrincipal } from "@kaelix/model";
import type { AuditLog, AuditNote, Identity } from "@kaelix/security";
import type { PeopleStore } from "@kaelix/views";

/** What it is wired from. */
export interface AuditedIdentityParts {
  readonly audit: Pick<AuditLog, "record">;
  readonly people: Pick<PeopleStore, "session" | "user">;
  /** Reads the tokens that identity has just made. */
  readonly identity: Pick<Identity, "authenticate">;
}

const SESSION_LENGTH = "ses_".length + 26;

/** The port with its public doors written down. */
export function auditedIdentity(port: IdentityPort, parts: AuditedIdentityParts): IdentityPort {
  const written = (action: string, from: SignInOrigin, work: () => Promise<SignedInPerson>): Promise<SignedInPerson> =>
    writtenSignIn(parts, action, from, work);
  return {
    ...port,
    signUp: (request) => written("identity.signup", request, () => port.signUp(request)),
    logIn: (request) => written("identity.login", request, () => port.logIn(request)),
    refresh: async (token) => {
      try {
        return await port.refresh(token);
      } catch (error) {
        if (isKaelixError(error, "identity-refresh-reused")) await noteReuse(token, parts);
        throw error;
      }
    },
  };
}

/** Sets somebody's password at a public door, and writes down whose it was or how it was refused. */
export async function writtenRecovery(
  audit: AuditedIdentityParts["audit"],
  note: Pick<AuditNote, "action" | "origin">,
  work: () => Promise<{ readonly tenant: TenantId; readonly user: UserId }>,
): Promise<void> {
  try {
    const { tenant, user } = await work();
    void audit.record({ ...note, subject: "system", tenant, resource: user, decision: "allow", reason: "done" });
  } catch (error) {
    const reason = isKaelixError(error) ? error.code : "internal";
    void audit.record({ ...note, subject: NOBODY, decision: "deny", reason });
    throw error;
  }
}

/** Signs somebody in at a public door, and writes down that it was done or how it was refused. */
export async function writtenSignIn(
  { audit, identity }: Pick<AuditedIdentityParts, "audit" | "identity">,
  action: string,
  from: SignInOrigin,
  work: () => Promise<SignedInPerson>,
): Promise<SignedInPerson> {
  const origin = { address: from.address, client: from.client };
  try {
    const signedIn = await work();
    const known = await identity.authenticate(signedIn.accessToken);
    if (known.type === "user") {
      void audit.record({ subject: known.principal, action, decision: "allow", reason: "done", origin });
    }
    return signedIn;
  } catch (error) {
    const reason = isKaelixError(error) ? error.code : "internal";
    void audit.record({ subject: NOBODY, action, decision: "deny", reason, origin });
    throw error;
  }
}

const NOBODY: AuditNote["subject"] = { type: "anonymous", tenantId: DEFAULT_TENANT };

/** Identity has checked that it made the token; its head is the session that is ended now. */
async function noteReuse(token: string, { audit, people }: AuditedIdentityParts): Promise<void> {
  const note = { action: "identity.refresh", decision: "deny", reason: "identity-refresh-reused" } as const;
  const id = parseId("ses", token.slice(0, SESSION_LENGTH));
  const subject = id === undefined ? undefined : await personOf(id, people).catch(() => undefined);
  void audit.record({ ...note, subject: subject ?? NOBODY, ...(id === undefined ? {} : { resource: id }) });
}

async function personOf(
  sessionId: SessionId,
  people: AuditedIdentityParts["people"],
): Promise<UserPrincipal | undefined> {
  const session = await people.session(sessionId);
  const user = session === undefined ? undefined : await people.user(session.user);
  if (user === undefined) return undefined;
  return { type: "user", tenantId: user.tenant, userId: user.user, role: user.role, sessionId, ceiling: 1 };
}
