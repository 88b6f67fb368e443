/** Defences of sealing, and of waiting for the disk; read with `seeded-bugs.ts`. */
import type { SeededBug } from "./seeded-bugs.ts";

/** All of them. */
export const SEALING_BUGS: readonly SeededBug[] = [
  {
    name: "identity does not wait for the disk",
    file: "identity/journal.ts",
    is: '{ acknowledge: "durable" }',
    becomes: '{ acknowledge: "accepted" }',
    tests: "durable",
  },
  {
    name: "keys do not wait for the disk",
    file: "keys/keystore.ts",
    is: '{ acknowledge: "durable" }',
    becomes: '{ acknowledge: "accepted" }',
    tests: "durable",
  },
  {
    name: "an erasure does not wait for the disk",
    file: "erasure/erasure-ledger.ts",
    is: '{ acknowledge: "durable" }',
    becomes: '{ acknowledge: "accepted" }',
    tests: "durable",
  },
  {
    name: "the audit log does not wait for the disk",
    file: "audit/audit-log.ts",
    is: '{ acknowledge: "durable" }',
    becomes: '{ acknowledge: "accepted" }',
    tests: "durable",
  },
  {
    name: "a ciphertext opens in any place",
    file: "sealing/envelope.ts",
    is: "lengthPrefixed(scope.tenant, scope.user, scope.subject)]);",
    becomes: "lengthPrefixed()]);",
    tests: "sealing/",
  },
  {
    name: "a ciphertext opens at any version and level of its header",
    file: "sealing/envelope.ts",
    is: 'if (!timingSafeEqual(header, sealed.subarray(0, HEADER_BYTES))) return { type: "refused", why: "header" };',
    becomes: "header.set(sealed.subarray(0, HEADER_BYTES));",
    tests: "sealing/",
  },
];
