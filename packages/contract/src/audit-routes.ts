/** Routes of "who did what" and "why may she". */
import type { z } from "zod";

import {
  auditAllQuerySchema,
  auditCheckpointSchema,
  auditEntryParams,
  auditPageSchema,
  auditProofSchema,
  auditQuerySchema,
  auditVerificationSchema,
  auditVerifySchema,
  explainSchema,
  explanationSchema,
} from "./audit-schemas.ts";
import type { Route } from "./route.ts";

const BASE = "/api/v1";
const json = <Schema extends z.ZodType>(schema: Schema) => ({ status: 200, type: "json", schema }) as const;

/** The routes by name. */
export const auditRoutes = {
  "audit.list": {
    method: "GET",
    path: `${BASE}/audit/entries`,
    action: "audit.read",
    tag: "audit",
    summary: "Who did, tried or saw what, newest first; never content",
    query: auditAllQuerySchema,
    success: json(auditPageSchema),
  },
  "audit.own": {
    method: "GET",
    path: `${BASE}/me/audit`,
    action: "audit.own",
    tag: "audit",
    summary: "What was done in one's own name, newest first, and from where",
    query: auditQuerySchema,
    success: json(auditPageSchema),
  },
  "audit.checkpoint": {
    method: "GET",
    path: `${BASE}/audit/checkpoint`,
    action: "audit.verify",
    tag: "audit",
    summary: "The last signed checkpoint, to be kept elsewhere, and the key that signs",
    success: json(auditCheckpointSchema),
  },
  "audit.prove": {
    method: "GET",
    path: `${BASE}/audit/entries/{index}/proof`,
    action: "audit.read",
    tag: "audit",
    summary: "What shows that an entry stands in the log; 404 before a checkpoint covers it",
    params: auditEntryParams,
    success: json(auditProofSchema),
  },
  "audit.verify": {
    method: "POST",
    path: `${BASE}/audit/verifications`,
    action: "audit.verify",
    tag: "audit",
    summary: "Read the audit log from its first record and check every checkpoint in it, and those kept elsewhere",
    body: auditVerifySchema,
    success: json(auditVerificationSchema),
  },
  "policy.explain": {
    method: "POST",
    path: `${BASE}/policy/explanations`,
    action: "policy.explain",
    tag: "audit",
    summary: "Why somebody may or may not do something: the rule that decides, and every question on the way",
    body: explainSchema,
    success: json(explanationSchema),
  },
} as const satisfies Readonly<Record<string, Route>>;
