/**
 * Access control lists as Kafka has them, in the cluster's store, and the decision by them.
 *
 * A binding says: principal, from host, may (or may not) do an operation to the resources of a pattern. A denial beats every permission.
 * Guarantees: deciding touches memory only; a change holds from the moment it is answered.
 */
import type { AclOperation, AclResourceType, Authorizer, KafkaPrincipal } from "../broker/api.ts";
import type { ClusterStore } from "../broker/cluster-store.ts";

const KIND = "acl";
/** Operations that permit others with them (Kafka's AclAuthorizer). */
const IMPLYING: Partial<Record<AclOperation, readonly AclOperation[]>> = {
  describe: ["read", "write", "delete", "alter"],
  describe_configs: ["alter_configs"],
};

/** How a binding names its resources. */
export type PatternType = "literal" | "prefixed";

/** One line of an access control list. */
export interface AclBinding {
  readonly resourceType: AclResourceType;
  /** A name, a prefix, or `*` (literal): every resource of the type. */
  readonly resourceName: string;
  readonly patternType: PatternType;
  /** `User:alice`, or `User:*`. */
  readonly principal: string;
  /** An address, or `*`. */
  readonly host: string;
  readonly operation: AclOperation | "all";
  readonly permission: "allow" | "deny";
}

/** The bindings of a cluster. */
export class AclStore {
  readonly #store: ClusterStore;

  constructor(store: ClusterStore) {
    this.#store = store;
  }

  /** All of them. */
  bindings(): readonly AclBinding[] {
    // Only this class writes documents of this kind.
    return [...this.#store.entries(KIND).values()] as AclBinding[];
  }

  /** Keeps a binding; does nothing when it is there. Resolves once durable. */
  async add(binding: AclBinding): Promise<void> {
    if (!this.#store.entries(KIND).has(idOf(binding))) await this.#store.put(KIND, idOf(binding), binding);
  }

  /** Forgets a binding. Resolves once durable. */
  async remove(binding: AclBinding): Promise<void> {
    await this.#store.put(KIND, idOf(binding), undefined);
  }
}

function idOf(binding: AclBinding): string {
  const { host, operation, patternType, permission, principal, resourceName, resourceType } = binding;
  return JSON.stringify([resourceType, patternType, resourceName, principal, host, operation, permission]);
}

/** Decides by bindings. */
export class AclAuthorizer implements Authorizer {
  readonly #bindings: () => readonly AclBinding[];
  readonly #superUsers: ReadonlySet<string>;
  readonly #allowWithoutAcl: boolean;

  /**
   * @param superUsers `User:name` of those who may do everything
   * @param allowWithoutAcl whether a resource that no binding speaks of is open to everybody (allow.everyone.if.no.acl.found)
   */
  constructor(bindings: () => readonly AclBinding[], superUsers: readonly string[], allowWithoutAcl: boolean) {
    this.#bindings = bindings;
    this.#superUsers = new Set(superUsers);
    this.#allowWithoutAcl = allowWithoutAcl;
  }

  allows(
    principal: KafkaPrincipal,
    operation: AclOperation,
    resource: { readonly type: AclResourceType; readonly name: string },
    clientHost: string,
  ): boolean {
    const who = `${principal.type}:${principal.name}`;
    if (this.#superUsers.has(who)) return true;
    let found = false;
    let allowed = false;
    for (const binding of this.#bindings()) {
      if (!speaksOf(binding, resource)) continue;
      found = true;
      if (binding.principal !== who && binding.principal !== `${principal.type}:*`) continue;
      if (binding.host !== "*" && binding.host !== clientHost) continue;
      const { operation: bound, permission } = binding;
      if (permission === "deny" && (bound === "all" || bound === operation)) return false;
      const implied = bound !== "all" && (IMPLYING[operation]?.includes(bound) ?? false);
      if (permission === "allow" && (bound === "all" || bound === operation || implied)) allowed = true;
    }
    return found ? allowed : this.#allowWithoutAcl;
  }
}

function speaksOf(binding: AclBinding, resource: { readonly type: AclResourceType; readonly name: string }): boolean {
  if (binding.resourceType !== resource.type) return false;
  if (binding.patternType === "prefixed") return resource.name.startsWith(binding.resourceName);
  return binding.resourceName === "*" || binding.resourceName === resource.name;
}
