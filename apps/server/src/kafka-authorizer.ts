/**
 * What may be done at the Kafka door, and to what.
 *
 * Guarantees: `decide` is asked with the organisation that a name belongs to. Names below `tenant.NAME.` are that organisation's, every other
 * one is the default organisation's, so that whose a topic, group or transaction is stands in its name and needs no list. The house's own
 * names are nobody's. It does not: hide names from administrators of the default organisation who ask about the whole cluster; they run it.
 */
import type { Clock } from "@kaelix/base";
import { DEFAULT_TENANT, parseTenantId, type TenantId, TOPICS, type UserPrincipal } from "@kaelix/model";
import { type Action, decide } from "@kaelix/security";
import type { AclOperation, Authorizer } from "@kaelix/streamer";

const HOUSE_TOPICS: ReadonlySet<string> = new Set(Object.values(TOPICS).map(({ name }) => name));
/** Topics and groups that begin so belong to the house or to the broker. */
const HOUSE_PREFIXES = ["__", "kaelix."];
const TENANT_PREFIX = "tenant.";
const USING: ReadonlySet<AclOperation> = new Set([
  "read",
  "write",
  "create",
  "describe",
  "describe_configs",
  "idempotent_write",
]);

/** The authorizer over those who are signed in, by the name of their principal. */
export function authorizerOf(people: Pick<ReadonlyMap<string, UserPrincipal>, "get">, clock: Clock): Authorizer {
  return {
    allows: (principal, operation, resource) => {
      const subject = people.get(principal.name);
      if (subject === undefined) return false;
      const isCluster = resource.type === "cluster";
      // What is created has a name, and the name says whose it is.
      if (isCluster ? operation === "create" : isHouses(resource.name)) return false;
      const isUse = isCluster ? operation === "idempotent_write" : USING.has(operation);
      const action: Action = isUse ? "streams.use" : "streams.administer";
      const tenant = isCluster ? (isUse ? subject.tenantId : DEFAULT_TENANT) : tenantOf(resource.name);
      if (tenant === undefined) return false;
      return decide(subject, action, { type: "installation", tenant }, { nowMs: clock.nowMs() }).allow;
    },
  };
}

/** Whose a name is; undefined when it is nobody's. */
function tenantOf(name: string): TenantId | undefined {
  if (!name.startsWith(TENANT_PREFIX)) return DEFAULT_TENANT;
  const [, tenant = "", rest = ""] = /^tenant\.([^.]+)\.(.+)$/.exec(name) ?? [];
  return rest === "" ? undefined : parseTenantId(tenant);
}

function isHouses(name: string): boolean {
  return HOUSE_TOPICS.has(name) || HOUSE_PREFIXES.some((prefix) => name.startsWith(prefix));
}
