/** Kafka's codes of what may be done with something (org.apache.kafka.common.acl.AclOperation). */
import type { AclOperation } from "./api.ts";

/** The code of every operation. */
export const OPERATION_CODES = {
  read: 3,
  write: 4,
  create: 5,
  delete: 6,
  alter: 7,
  describe: 8,
  cluster_action: 9,
  describe_configs: 10,
  alter_configs: 11,
  idempotent_write: 12,
} as const satisfies Record<AclOperation, number>;

/** Those of some operations that are allowed, as answers carry them: one bit for each, at the place of its code. */
export function allowedBits(operations: readonly AclOperation[], allows: (operation: AclOperation) => boolean): number {
  let bits = 0;
  for (const operation of operations) if (allows(operation)) bits |= 1 << OPERATION_CODES[operation];
  return bits;
}
