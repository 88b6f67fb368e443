/** Kafka's numbers for the words of access control lists (ResourceType, PatternType, AclOperation, AclPermissionType). */
import type { AclOperation, AclResourceType } from "../broker/api.ts";
import { OPERATION_CODES } from "../broker/operations.ts";
import type { AclBinding } from "./acls.ts";

const RESOURCE_TYPES: Readonly<Record<AclResourceType, number>> = {
  topic: 2,
  group: 3,
  cluster: 4,
  transactional_id: 5,
};
const PATTERN_TYPES = { literal: 3, prefixed: 4 } as const;
const PERMISSIONS = { deny: 2, allow: 3 } as const;
const OPERATIONS: Readonly<Record<AclOperation | "all", number>> = { all: 2, ...OPERATION_CODES };
const ANY = 1;
const MATCH = 2;

/** A binding in Kafka's numbers. */
export interface CodedBinding {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly patternType: number;
  readonly principal: string;
  readonly host: string;
  readonly operation: number;
  readonly permissionType: number;
}

/** A filter in Kafka's numbers; null and 1 mean any. */
export interface CodedFilter {
  readonly resourceTypeFilter: number;
  readonly resourceNameFilter: string | null;
  readonly patternTypeFilter: number;
  readonly principalFilter: string | null;
  readonly hostFilter: string | null;
  readonly operation: number;
  readonly permissionType: number;
}

/** A binding in Kafka's numbers. */
export function encodeBinding(binding: AclBinding): CodedBinding {
  return {
    resourceType: RESOURCE_TYPES[binding.resourceType],
    resourceName: binding.resourceName,
    patternType: PATTERN_TYPES[binding.patternType],
    principal: binding.principal,
    host: binding.host,
    operation: OPERATIONS[binding.operation],
    permissionType: PERMISSIONS[binding.permission],
  };
}

/** The binding of Kafka's numbers, or what is wrong with it. */
export function parseBinding(coded: CodedBinding): AclBinding | string {
  const resourceType = keyOf(RESOURCE_TYPES, coded.resourceType);
  const patternType = keyOf(PATTERN_TYPES, coded.patternType);
  const operation = keyOf(OPERATIONS, coded.operation);
  const permission = keyOf(PERMISSIONS, coded.permissionType);
  if (resourceType === undefined) return "Resource type must be topic, group, cluster or transactional id";
  if (patternType === undefined) return "Pattern type must be literal or prefixed";
  if (operation === undefined) return "Operation must be one of Kafka's, not any or unknown";
  if (permission === undefined) return "Permission must be allow or deny";
  if (coded.resourceName === "") return "Resource name must not be empty";
  if (resourceType === "cluster" && coded.resourceName !== "kafka-cluster")
    return "The cluster's name is kafka-cluster";
  if (!/^[^:]+:.+$/s.test(coded.principal)) return "Principal must be written as User:name";
  if (coded.host === "") return "Host must be an address or *";
  const { host, principal, resourceName } = coded;
  return { resourceType, resourceName, patternType, principal, host, operation, permission };
}

/** Whether a filter is meant of a binding. */
export function matchesFilter(binding: AclBinding, filter: CodedFilter): boolean {
  const coded = encodeBinding(binding);
  return (
    isCode(filter.resourceTypeFilter, coded.resourceType) &&
    isCode(filter.operation, coded.operation) &&
    isCode(filter.permissionType, coded.permissionType) &&
    (filter.principalFilter === null || filter.principalFilter === coded.principal) &&
    (filter.hostFilter === null || filter.hostFilter === coded.host) &&
    matchesName(binding, filter)
  );
}

/** MATCH finds every binding that speaks of the name: literal, wildcard or prefix; the others find patterns written just so. */
function matchesName(binding: AclBinding, filter: CodedFilter): boolean {
  const name = filter.resourceNameFilter;
  if (filter.patternTypeFilter === MATCH) {
    if (name === null) return true;
    if (binding.patternType === "prefixed") return name.startsWith(binding.resourceName);
    return binding.resourceName === name || binding.resourceName === "*";
  }
  return (
    isCode(filter.patternTypeFilter, PATTERN_TYPES[binding.patternType]) &&
    (name === null || name === binding.resourceName)
  );
}

function isCode(filter: number, code: number): boolean {
  return filter === ANY || filter === code;
}

function keyOf<Key extends string>(table: Readonly<Record<Key, number>>, code: number): Key | undefined {
  // Its own keys are all it has.
  return (Object.keys(table) as Key[]).find((key) => table[key] === code);
}
