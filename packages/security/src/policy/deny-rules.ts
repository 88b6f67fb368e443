/** The installation's own rules that forbid, from its configuration. A rule that is not understood is refused, never passed over. */
import { parseLevel, type Role } from "@kaelix/model";

import { securityErrors } from "../errors.ts";
import { ACTIONS, type Action } from "./actions.ts";
import type { DenyRule } from "./subjects.ts";

const RULES_MAX = 200;
const ROLES: readonly Role[] = ["owner", "admin", "member", "guest"];
const SUBJECTS = ["user", "agent", "service"] as const;
const FIELDS = new Set(["id", "actions", "subjects", "roles", "levelMin", "network", "minutes"]);
const MINUTES = 1_440;

/**
 * Reads a list of rules.
 * @param value as it came out of JSON
 * @throws `policy-rules-invalid` naming the first rule and field that is wrong
 * @example
 * parseDenyRules([{ id: "no-agents-at-night", actions: "all", subjects: ["agent"], minutes: { from: 1320, until: 360 } }]);
 */
export function parseDenyRules(value: unknown): readonly DenyRule[] {
  if (!Array.isArray(value) || value.length > RULES_MAX)
    throw wrong(0, `it must be a list of at most ${RULES_MAX} rules`);
  const rules = value.map(parseRule);
  const ids = new Set(rules.map((rule) => rule.id));
  if (ids.size !== rules.length) throw wrong(0, "two rules have the same id");
  return rules;
}

function parseRule(value: unknown, index: number): DenyRule {
  if (typeof value !== "object" || value === null) throw wrong(index, "it is not an object");
  const fields = new Map<string, unknown>(Object.entries(value));
  for (const name of fields.keys()) if (!FIELDS.has(name)) throw wrong(index, `field ${name} is unknown`);
  const id = fields.get("id");
  if (typeof id !== "string" || !/^[a-z0-9-]{1,64}$/.test(id))
    throw wrong(index, "id must be 1 to 64 of a-z, 0-9 and -");
  const names = fields.get("actions");
  const actions = names === "all" ? names : listOf(index, "actions", names, Object.keys(ACTIONS) as Action[]);
  const optional = {
    ...(fields.has("subjects") ? { subjects: listOf(index, "subjects", fields.get("subjects"), SUBJECTS) } : {}),
    ...(fields.has("roles") ? { roles: listOf(index, "roles", fields.get("roles"), ROLES) } : {}),
    ...(fields.has("levelMin") ? { levelMin: levelOf(index, fields.get("levelMin")) } : {}),
    ...(fields.has("minutes") ? { minutes: minutesOf(index, fields.get("minutes")) } : {}),
  };
  const network = fields.get("network");
  if (network === undefined) return { id, actions, ...optional };
  if (network !== "remote") throw wrong(index, "network must be remote");
  return { id, actions, ...optional, network };
}

function listOf<Word extends string>(
  index: number,
  name: string,
  value: unknown,
  words: readonly Word[],
): readonly Word[] {
  const found = Array.isArray(value) ? value.map((item) => words.find((word) => word === item)) : [];
  const list = found.filter((word) => word !== undefined);
  if (list.length === 0 || list.length !== found.length) throw wrong(index, `${name} must be one or more known names`);
  return list;
}

function levelOf(index: number, value: unknown): NonNullable<DenyRule["levelMin"]> {
  const level = parseLevel(value);
  if (level === undefined) throw wrong(index, "levelMin must be 1 to 4");
  return level;
}

function minutesOf(index: number, value: unknown): NonNullable<DenyRule["minutes"]> {
  const fields = new Map<string, unknown>(typeof value === "object" && value !== null ? Object.entries(value) : []);
  const [from, until] = [fields.get("from"), fields.get("until")];
  if (!isMinute(from) || !isMinute(until)) throw wrong(index, `minutes must be from and until, 0 to ${MINUTES - 1}`);
  return { from, until };
}

function isMinute(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < MINUTES;
}

function wrong(index: number, why: string): Error {
  return securityErrors("policy-rules-invalid", { message: `Cannot use rule ${index + 1} of the policy: ${why}` });
}
