/** The closed list of what can be done. Every route and every tool declares one of these; what is not here cannot be allowed. */
import type { Role } from "@kaelix/model";

/** What a role may do and to whose things. */
export interface ActionRule {
  /**
   * `public`: anyone. `own`: things of one user, by that user, whatever the role. `installation`: one organisation as a whole, its people
   * and its audit entries. `house`: what all organisations of a server share (log, views, keys, backups); it is the default organisation's.
   * Administrators administer; no role reads another's content.
   */
  readonly scope: "public" | "own" | "installation" | "house";
  readonly roles: readonly Role[];
  /** True when it shows or changes what stands at a level: nothing above the session's ceiling is touched. */
  readonly reveals: boolean;
  /** True when whoever holds a grant of the owner may do it too. */
  readonly shared: boolean;
  /** Whether a key may have it as a scope: an agent acts for a person, a service for nobody. */
  readonly keys: readonly ("agent" | "service")[];
  /** True when the person must just have proved that it is them. */
  readonly proof: boolean;
}

const ALL: readonly Role[] = ["owner", "admin", "member", "guest"];
const MEMBERS: readonly Role[] = ["owner", "admin", "member"];
const ADMINS: readonly Role[] = ["owner", "admin"];
const OWNER: readonly Role[] = ["owner"];

type More = Partial<Pick<ActionRule, "shared" | "keys" | "proof">>;

const PLAIN = { shared: false, keys: [], proof: false } as const;
const AGENTS: More = { keys: ["agent"] };
const SHARED: More = { keys: ["agent"], shared: true };
const BOTH: More = { keys: ["agent", "service"] };
const SERVICES: More = { keys: ["service"] };
const PROVED: More = { proof: true };

const own = (roles: readonly Role[], reveals: boolean, more: More = {}): ActionRule => ({
  ...PLAIN,
  scope: "own",
  roles,
  reveals,
  ...more,
});
const installation = (roles: readonly Role[], more: More = {}): ActionRule => ({
  ...PLAIN,
  scope: "installation",
  roles,
  reveals: false,
  ...more,
});
const house = (roles: readonly Role[], more: More = {}): ActionRule => ({
  ...installation(roles, more),
  scope: "house",
});

const RULES = {
  public: { ...PLAIN, scope: "public", roles: [], reveals: false },
  // Telling is allowed at any level, also above the ceiling: a locked session may be told a secret, it just does not show it.
  "memory.create": own(ALL, false, AGENTS),
  "memory.list": own(ALL, true, SHARED),
  "memory.read": own(ALL, true, SHARED),
  "memory.edit": own(ALL, true, AGENTS),
  "memory.move": own(ALL, true),
  "memory.forget": own(ALL, true, AGENTS),
  // What is never recalled any more no program sees: none may say it of what a person wants found, nor take it back.
  "memory.never-recall": own(ALL, true),
  // For ever: whoever holds a stolen session or a program's key must not be able to.
  "memory.erase": own(ALL, true, PROVED),
  "erasure.read": own(ALL, false),
  "erasure.undo": own(ALL, false),
  "memory.search": own(ALL, true, SHARED),
  "memory.ask": own(ALL, true, SHARED),
  "digest.read": own(ALL, true, AGENTS),
  // Where one's memories go by themselves.
  "digest.configure": own(ALL, false),
  // Having looked at one's day, and what in it is not useful.
  "digest.respond": own(ALL, false),
  // Searches that were named: their words are the person's own.
  "search.keep": own(ALL, true),
  "people.read": own(ALL, true, AGENTS),
  "people.decide": own(ALL, true),
  // What needs the person's own word: a program that proposed something must not be able to say yes to it.
  "review.read": own(ALL, true),
  "review.decide": own(ALL, true),
  // What one's own corrections of levels taught. No program's: it could ask text after text what lies where.
  "lesson.read": own(ALL, true),
  "lesson.forget": own(ALL, false),
  // How long one's own is kept. What a rule lets go goes for ever; no program may say it, nor take from it.
  "retention.read": own(ALL, true),
  "retention.choose": own(ALL, true, PROVED),
  "retention.keep": own(ALL, true),
  "import.create": own(MEMBERS, false, AGENTS),
  "import.list": own(MEMBERS, false, AGENTS),
  "import.undo": own(MEMBERS, false),
  "export.run": own(MEMBERS, true),
  "events.follow": own(ALL, true, AGENTS),
  "user.read": own(ALL, false, AGENTS),
  "password.change": own(ALL, false),
  "session.list": own(ALL, false),
  "session.end": own(ALL, false),
  "session.unlock": own(ALL, false),
  "session.lock": own(ALL, false),
  "session.prove": own(ALL, false),
  "factor.read": own(ALL, false),
  "factor.change": own(ALL, false, PROVED),
  // What it shows opens nothing without a passphrase, yet the passphrase could be guessed at: only to a session that is open to level 4.
  "seal.read": own(ALL, true),
  "seal.change": own(ALL, false, PROVED),
  // What one's own memories are sealed under; keys of programs are "key.".
  "user-key.read": own(ALL, false),
  "user-key.renew": own(ALL, false, PROVED),
  "key.list": own(MEMBERS, false),
  "key.create": own(MEMBERS, false, PROVED),
  "key.end": own(MEMBERS, false),
  // Programs of others that were let in by signing in, and letting one in.
  "app.list": own(ALL, false),
  "app.connect": own(MEMBERS, false, PROVED),
  "app.end": own(ALL, false),
  "directory.read": own(MEMBERS, false),
  "key.undo": own(MEMBERS, true),
  "grant.list": own(ALL, false),
  "grant.give": own(MEMBERS, false, PROVED),
  "grant.end": own(ALL, false),
  "audit.own": own(ALL, false),
  "invite.create": installation(ADMINS),
  "invite.list": installation(ADMINS),
  "invite.end": installation(ADMINS),
  "user.list": installation(ADMINS),
  "user.change": installation(ADMINS, PROVED),
  // Asks for no proof, for whoever has lost theirs runs it too; the house lets nobody but the terminal of its own machine.
  "user.reset": installation(OWNER),
  "server.status": house(ADMINS, SERVICES),
  "server.verify": house(ADMINS, SERVICES),
  "server.metrics": house(ADMINS, SERVICES),
  "server.rebuild": house(OWNER),
  "server.backup": house(ADMINS, SERVICES),
  "provider.read": own(ALL, false),
  // Where one's words go. No program's: it could let out what its person keeps in.
  "provider.choose": own(ALL, false),
  "provider.test": house(ADMINS),
  "audit.read": installation(ADMINS),
  "audit.verify": house(ADMINS, SERVICES),
  "policy.explain": installation(ADMINS),
  "keys.rotate": house(OWNER),
  // It shows nothing and takes nothing: what was sealed opens as before.
  "user-keys.renew": house(ADMINS),
  // May end everybody's session.
  "signing-keys.renew": house(ADMINS, PROVED),
  // Other organisations of the same server: that they are there and who comes in first, nothing of what they do.
  "tenant.list": house(OWNER),
  "tenant.create": house(OWNER),
  // Keeping everybody of one out, letting them in again, erasing it as a whole.
  "tenant.change": house(OWNER, PROVED),
  "tenant.end": house(OWNER, PROVED),
  // Topics of the Kafka door that are not the house's own: shared by all members of an organisation, as on any broker
  // without access lists.
  "streams.use": installation(MEMBERS, BOTH),
  "streams.administer": installation(ADMINS),
} as const satisfies Readonly<Record<string, ActionRule>>;

/** The name of an action. */
export type Action = keyof typeof RULES;

/** All actions and their rules. */
export const ACTIONS: Readonly<Record<Action, ActionRule>> = RULES;

/** Reads an action's name; undefined when there is no such action. A server checks its routes with this when it starts. */
export function parseAction(name: string): Action | undefined {
  // Own keys of the table are exactly the names.
  return Object.hasOwn(RULES, name) ? (name as Action) : undefined;
}
