/** The closed list of what can be done. Every route and every tool declares one of these; what is not here cannot be allowed. */
import type { Role } from "@kaelix/model";

/** What a role may do and to whose things. */
export interface ActionRule {
  /**
   * `public`: anyone. `own`: things of one user, by that user alone, whatever the role. `installation`: the installation as a whole.
   * Administrators administer; no role reads another's content.
   */
  readonly scope: "public" | "own" | "installation";
  readonly roles: readonly Role[];
  /** True when it shows or changes what stands at a level: nothing above the session's ceiling is touched. */
  readonly reveals: boolean;
}

const ALL: readonly Role[] = ["owner", "admin", "member", "guest"];
const MEMBERS: readonly Role[] = ["owner", "admin", "member"];
const ADMINS: readonly Role[] = ["owner", "admin"];
const OWNER: readonly Role[] = ["owner"];

const own = (roles: readonly Role[], reveals: boolean) => ({ scope: "own", roles, reveals }) as const;
const installation = (roles: readonly Role[]) => ({ scope: "installation", roles, reveals: false }) as const;

const RULES = {
  public: { scope: "public", roles: [], reveals: false },
  // Telling is allowed at any level, also above the ceiling: a locked session may be told a secret, it just does not show it.
  "memory.create": own(ALL, false),
  "memory.list": own(ALL, true),
  "memory.read": own(ALL, true),
  "memory.edit": own(ALL, true),
  "memory.move": own(ALL, true),
  "memory.forget": own(ALL, true),
  "memory.search": own(ALL, true),
  "memory.ask": own(ALL, true),
  "import.create": own(MEMBERS, false),
  "import.list": own(MEMBERS, false),
  "import.undo": own(MEMBERS, false),
  "export.run": own(MEMBERS, true),
  "events.follow": own(ALL, true),
  "user.read": own(ALL, false),
  "session.list": own(ALL, false),
  "session.end": own(ALL, false),
  "session.unlock": own(ALL, false),
  "session.lock": own(ALL, false),
  "invite.create": installation(ADMINS),
  "server.status": installation(ADMINS),
  "server.verify": installation(ADMINS),
  "server.metrics": installation(ADMINS),
  "server.rebuild": installation(OWNER),
  // Topics of the Kafka door that are not the house's own: shared by all members, as on any broker without access lists.
  "streams.use": installation(MEMBERS),
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
