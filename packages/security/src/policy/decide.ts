/**
 * May this be done? One pure function, asked for every request; default deny.
 *
 * Order: action known → public → tenant wall → signed in → what a key may do → what the installation forbids → whose it is, or who was
 * given leave → whose words they are → level ceiling → role → proof of presence. Whose it is comes before the level, so that another's
 * memory answers the same at every level. A list is asked without a level; `filterFor` says what of it may be seen, by the same rules.
 */
import type { KaelixError } from "@kaelix/base";
import { DEFAULT_TENANT, type GrantId, type Level, LEVEL_INDEXED_MAX } from "@kaelix/model";

import type { GrantRow } from "../access/rows.ts";
import { securityErrors } from "../errors.ts";
import { ACTIONS, type Action, type ActionRule, parseAction } from "./actions.ts";
import { denyRulesFor, isGranted, isGrantOpen, isWithinReach, programOf } from "./conditions.ts";
import type { DecisionContext, OwnedResource, Resource, Subject } from "./subjects.ts";

/** Why something may be done. */
export type AllowReason = "public" | "own" | "role" | "grant" | "key";
/** Why something may not be done. */
export type DenyReason =
  | "action"
  | "tenant"
  | "sign-in"
  | "scope"
  | "key"
  | "rule"
  | "owner"
  | "reach"
  | "level"
  | "role"
  | "proof";

/** The answer. `grant`: the one that opened it. `rule`: the one of the installation that forbids it. */
export type Decision =
  | { readonly allow: true; readonly reason: AllowReason; readonly grant?: GrantId }
  | { readonly allow: false; readonly reason: DenyReason; readonly rule?: string };

/** One question on the way to a decision and its answer. */
export interface DecisionStep {
  readonly question:
    | "action"
    | "public"
    | "tenant"
    | "sign-in"
    | "key"
    | "rule"
    | "scope"
    | "owner"
    | "reach"
    | "level"
    | "role"
    | "proof";
  readonly answer: "passes" | "allows" | "denies";
  readonly text: string;
}

/** Told of each step as it is taken. */
type Tell = (question: DecisionStep["question"], answer: DecisionStep["answer"], text: string) => void;

const SCOPES = { own: "somebody's things", installation: "the installation", house: "the house" } as const;

const deny = (reason: DenyReason): Decision => ({ allow: false, reason });
const silent: Tell = () => undefined;

/** Decides whether `subject` may do `action` to `resource` now. */
export function decide(subject: Subject, action: Action, resource: Resource, context: DecisionContext): Decision {
  return judge({ subject, action, resource, context }, silent);
}

/** The decision and every step to it, in order, for people who ask why. Holds ids and words of closed lists alone. */
export function explain(
  subject: Subject,
  action: Action,
  resource: Resource,
  context: DecisionContext,
): { readonly decision: Decision; readonly steps: readonly DecisionStep[] } {
  const steps: DecisionStep[] = [];
  const tell: Tell = (question, answer, text) => void steps.push({ question, answer, text });
  return { decision: judge({ subject, action, resource, context }, tell), steps };
}

interface Case {
  readonly subject: Subject;
  readonly action: Action;
  readonly resource: Resource;
  readonly context: DecisionContext;
}

function judge({ subject, action, resource, context }: Case, tell: Tell): Decision {
  // A name from outside the type must not reach a rule of Object.prototype.
  const known = parseAction(action);
  if (known === undefined) return denied(tell, "action", "There is no such action");
  const rule = ACTIONS[known];
  if (rule.scope === "public") {
    tell("public", "allows", "Anybody may do this");
    return { allow: true, reason: "public" };
  }
  // The house is nobody's but the default organisation's, whoever asks about it: that is not the caller's to say.
  const tenant = resource.type === "house" ? DEFAULT_TENANT : resource.tenant;
  if (subject.tenantId !== tenant) return denied(tell, "tenant", "It belongs to another organisation");
  tell("tenant", "passes", "It belongs to the same organisation");
  if (subject.type === "anonymous") return denied(tell, "sign-in", "Nobody is signed in");
  tell("sign-in", "passes", `A ${subject.type} is known`);
  if (!keyAllows(subject, known, rule))
    return denied(tell, "key", `The key of the ${subject.type} does not allow ${known}`);
  if (subject.type !== "user") tell("key", "passes", `The key allows ${known}`);
  const level = resource.type === "owned" ? resource.level : undefined;
  const forbidding = denyRulesFor(subject, known, context).find(
    ({ levelMin }) => levelMin === undefined || (level !== undefined && level >= levelMin),
  );
  if (forbidding !== undefined) {
    tell("rule", "denies", `Rule ${forbidding.id} of the installation forbids it`);
    return { allow: false, reason: "rule", rule: forbidding.id };
  }
  tell("rule", "passes", "No rule of the installation forbids it");
  if (rule.scope !== resource.type && !(rule.scope === "own" && resource.type === "owned")) {
    return denied(tell, "scope", `It is done to ${SCOPES[rule.scope]}`);
  }
  const verdict =
    resource.type === "owned"
      ? judgeOwned({ subject, rule, resource, context }, tell)
      : judgeInstallation(subject, rule, tell);
  if (!verdict.allow || !rule.proof) return verdict;
  const isProved = subject.type === "user" && (context.provedUntilMs ?? 0) > context.nowMs;
  if (!isProved) return denied(tell, "proof", "It needs a fresh proof that it is the person");
  tell("proof", "passes", "The person has just proved who they are");
  return verdict;
}

function judgeInstallation(subject: Exclude<Subject, { type: "anonymous" }>, rule: ActionRule, tell: Tell): Decision {
  if (subject.type === "service") {
    tell("key", "allows", "A service does what its key says");
    return { allow: true, reason: "key" };
  }
  return judgeRole(subject.role, rule, tell) ? { allow: true, reason: "role" } : deny("role");
}

function judgeOwned(
  {
    subject,
    rule,
    resource,
    context,
  }: {
    readonly subject: Exclude<Subject, { type: "anonymous" }>;
    readonly rule: ActionRule;
    readonly resource: OwnedResource;
    readonly context: DecisionContext;
  },
  tell: Tell,
): Decision {
  if (subject.type === "service") return denied(tell, "owner", "A service touches nobody's things");
  const isOwn = resource.owner === subject.userId;
  const grants = isOwn || !rule.shared ? [] : (context.grants ?? []);
  const open = grants.filter((grant) => isGrantOpen(grant, subject, context) && isGranted(grant, resource));
  if (!isOwn && open.length === 0) return denied(tell, "owner", "It belongs to somebody else, who has not shared it");
  const ceiling = ceilingOf(subject, context);
  const { level } = resource;
  const isLow = (grant?: GrantRow): boolean =>
    !rule.reveals || level === undefined || level <= Math.min(ceiling, grant?.ceiling ?? ceiling);
  const grant = open.find(isLow);
  tell("owner", "passes", isOwn ? "It is the subject's own" : `It was shared by ${open.length} grant(s)`);
  const { namespace } = resource;
  if (isOwn && namespace !== undefined && !isWithinReach(programOf(subject), namespace))
    return denied(tell, "reach", "Another program wrote it, or the person, and the key does not reach so far");
  if (subject.type === "agent") tell("reach", "passes", `The key reaches as far as ${subject.reach}`);
  if (isOwn ? !isLow() : grant === undefined)
    return denied(tell, "level", `It stands above level ${ceiling} or above what was shared`);
  tell("level", "passes", rule.reveals ? `It is not above level ${ceiling}` : "It shows nothing");
  if (!judgeRole(subject.role, rule, tell)) return deny("role");
  return grant === undefined ? { allow: true, reason: "own" } : { allow: true, reason: "grant", grant: grant.grant };
}

/** What a subject may see now. An agent never sees what must be unlocked: it cannot prove that anybody is there. */
export function ceilingOf(
  subject: Exclude<Subject, { type: "anonymous" | "service" }>,
  context: DecisionContext,
): Level {
  const isRaised = typeof context.ceilingUntilMs !== "number" || context.nowMs < context.ceilingUntilMs;
  const isOpen = subject.type === "user" && isRaised;
  return isOpen || subject.ceiling < LEVEL_INDEXED_MAX ? subject.ceiling : LEVEL_INDEXED_MAX;
}

/** True when a key has the action among its scopes and the action may be done by such a key; true for a person. */
export function keyAllows(subject: Exclude<Subject, { type: "anonymous" }>, action: Action, rule: ActionRule): boolean {
  return subject.type === "user" || (rule.keys.includes(subject.type) && subject.scopes.includes(action));
}

function judgeRole(role: string, rule: ActionRule, tell: Tell): boolean {
  const fits = rule.roles.some((one) => one === role);
  tell("role", fits ? "allows" : "denies", `${role} is ${fits ? "" : "not "}among ${rule.roles.join(", ")}`);
  return fits;
}

function denied(tell: Tell, reason: Exclude<DenyReason, "role" | "rule">, text: string): Decision {
  tell(reason, "denies", text);
  return deny(reason);
}

/** The error of a denial. Another's things, another program's and another tenant's answer as if they did not exist. */
export function denialError(reason: DenyReason): KaelixError {
  switch (reason) {
    case "sign-in":
      return securityErrors("policy-sign-in-required");
    case "tenant":
    case "owner":
    case "reach":
      return securityErrors("policy-hidden");
    case "level":
      return securityErrors("policy-level-locked");
    case "proof":
      return securityErrors("identity-proof-required");
    case "action":
    case "scope":
    case "key":
    case "rule":
    case "role":
      return securityErrors("policy-denied");
  }
}
