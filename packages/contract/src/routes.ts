/**
 * Every route of the API. The gateway serves exactly these, the client calls them, OpenAPI is printed from them.
 */
import { SOURCE_KINDS } from "@kaelix/model";
import { z } from "zod";

import { answerRequestSchema, answerSchema } from "./answer-schemas.ts";
import { appRoutes } from "./app-routes.ts";
import { auditRoutes } from "./audit-routes.ts";
import { accessRoutes } from "./access-routes.ts";
import { dayRoutes } from "./day-routes.ts";
import { digestRoutes } from "./digest-routes.ts";
import { serverSchema, statusSchema, verificationSchema } from "./house-schemas.ts";
import { erasureRoutes } from "./erasure-routes.ts";
import { exportRoutes } from "./export-routes.ts";
import { fileRoutes } from "./file-routes.ts";
import { peopleRoutes } from "./people-routes.ts";
import { lessonRoutes } from "./lesson-routes.ts";
import { liveEvents } from "./live-events.ts";
import { operationRoutes } from "./operation-routes.ts";
import { providerRoutes } from "./provider-routes.ts";
import { loginRoutes } from "./login-routes.ts";
import { memberRoutes } from "./member-routes.ts";
import { unlockSchema } from "./access-schemas.ts";
import { codeRoutes } from "./code-routes.ts";
import { mailRoutes } from "./mail-routes.ts";
import { passkeyRoutes } from "./passkey-routes.ts";
import { resetRoutes } from "./reset-routes.ts";
import { retentionRoutes } from "./retention-routes.ts";
import { reviewRoutes } from "./review-routes.ts";
import type { Route } from "./route.ts";
import { memoryMoveSchema } from "./move-schema.ts";
import { timelineRoutes } from "./timeline-routes.ts";
import { sealRoutes } from "./seal-routes.ts";
import { sharingRoutes } from "./sharing-routes.ts";
import { tenantRoutes } from "./tenant-routes.ts";
import {
  conversationIdSchema,
  conversationSchema,
  importAnswersSchema,
  importIdSchema,
  importOpenSchema,
  importSchema,
  inviteCreateSchema,
  inviteSchema,
  logInSchema,
  memoryCreatedSchema,
  memoryCreateSchema,
  memoryEditSchema,
  memoryIdSchema,
  memorySchema,
  memoryVersionSchema,
  ownerSchema,
  recallDecisionSchema,
  pageQuerySchema,
  pageSchema,
  refreshSchema,
  sessionIdSchema,
  sessionSchema,
  sessionTokensSchema,
  signUpSchema,
  timeSchema,
  userSchema,
} from "./schemas.ts";
import { searchRequestSchema, searchResultSchema } from "./search-schemas.ts";

/** Header of an export: up to which level it goes, the one that the session is open to. What is above is not in it and not counted. */
export const OPEN_UP_TO_HEADER = "kaelix-open-up-to";

const BASE = "/api/v1";
const memoryParams = z.strictObject({ id: memoryIdSchema });
const importParams = z.strictObject({ id: importIdSchema });
const json = <Schema extends z.ZodType>(schema: Schema, status = 200) => ({ status, type: "json", schema }) as const;
const empty = { status: 204, type: "empty" } as const;
const listOf = <Schema extends z.ZodType>(schema: Schema) =>
  json(z.object({ data: z.array(schema), page: pageSchema }));

/** The routes by name: `room.verb`. */
export const routes = {
  "server.describe": {
    method: "GET",
    path: `${BASE}/server`,
    action: "public",
    tag: "server",
    summary: "What anyone may know: version, whether it is claimed, progress of the start",
    success: json(serverSchema),
  },
  "auth.signUp": {
    method: "POST",
    path: `${BASE}/auth/signup`,
    action: "public",
    tag: "auth",
    summary: "Sign up; the first user gives the claim code, later ones an invite code",
    body: signUpSchema,
    success: json(sessionTokensSchema, 201),
  },
  "auth.logIn": {
    method: "POST",
    path: `${BASE}/auth/login`,
    action: "public",
    tag: "auth",
    summary: "Sign in with phone and password, and a code where a second factor is set up",
    body: logInSchema,
    success: json(sessionTokensSchema),
  },
  "auth.refresh": {
    method: "POST",
    path: `${BASE}/auth/refresh`,
    action: "public",
    tag: "auth",
    summary: "Exchange the refresh token for its successor and a new access token",
    body: refreshSchema,
    success: json(sessionTokensSchema),
  },
  "auth.logOut": {
    method: "POST",
    path: `${BASE}/auth/logout`,
    action: "session.end",
    tag: "auth",
    summary: "End this session",
    success: empty,
  },
  "auth.unlock": {
    method: "POST",
    path: `${BASE}/auth/unlock`,
    action: "session.unlock",
    tag: "auth",
    summary:
      "Open this session up to a higher level for 15 minutes, by a code where a second factor is set up, else by the password",
    body: unlockSchema,
    success: json(userSchema),
  },
  "auth.lock": {
    method: "POST",
    path: `${BASE}/auth/lock`,
    action: "session.lock",
    tag: "auth",
    summary: "Close the higher levels again",
    success: json(userSchema),
  },
  "me.read": {
    method: "GET",
    path: `${BASE}/me`,
    action: "user.read",
    tag: "auth",
    summary: "The signed-in person",
    success: json(userSchema),
  },
  "sessions.list": {
    method: "GET",
    path: `${BASE}/sessions`,
    action: "session.list",
    tag: "auth",
    summary: "Devices that are signed in",
    success: json(z.object({ data: z.array(sessionSchema) })),
  },
  "sessions.end": {
    method: "DELETE",
    path: `${BASE}/sessions/{id}`,
    action: "session.end",
    tag: "auth",
    summary: "Sign a device out",
    params: z.strictObject({ id: sessionIdSchema }),
    success: empty,
  },
  "invites.create": {
    method: "POST",
    path: `${BASE}/invites`,
    action: "invite.create",
    tag: "auth",
    summary: "Invite somebody; the code is shown once",
    body: inviteCreateSchema,
    success: json(inviteSchema, 201),
  },
  "memories.create": {
    method: "POST",
    path: `${BASE}/memories`,
    action: "memory.create",
    tag: "memories",
    summary: "Tell something; 201 when it is new, 200 when it was known",
    body: memoryCreateSchema,
    success: json(memoryCreatedSchema, 201),
    idempotencyKey: true,
    waits: true,
  },
  "memories.list": {
    method: "GET",
    path: `${BASE}/memories`,
    action: "memory.list",
    tag: "memories",
    summary: "Memories by time, newest first",
    query: pageQuerySchema.extend({
      conversation: conversationIdSchema.optional(),
      import: importIdSchema.optional(),
      source: z.enum([...SOURCE_KINDS]).optional(),
      after: timeSchema.optional(),
      before: timeSchema.optional(),
      owner: ownerSchema.optional(),
      /** Only what one's own browser sealed. */
      sealed: z.literal("only").optional(),
      /** Only what is never recalled, or all but that. Programs and others with whom something is shared never see it. */
      never_recalled: z.enum(["only", "without"]).optional(),
    }),
    success: listOf(memorySchema),
    waits: true,
  },
  "memories.read": {
    method: "GET",
    path: `${BASE}/memories/{id}`,
    action: "memory.read",
    tag: "memories",
    summary: "One memory; ETag is its version",
    params: memoryParams,
    success: json(memorySchema),
    waits: true,
  },
  "memories.edit": {
    method: "PATCH",
    path: `${BASE}/memories/{id}`,
    action: "memory.edit",
    tag: "memories",
    summary: "Change what a memory says: a new version",
    params: memoryParams,
    body: memoryEditSchema,
    success: json(memorySchema),
    ifMatch: true,
    idempotencyKey: true,
  },
  "memories.move": {
    method: "PUT",
    path: `${BASE}/memories/{id}/level`,
    action: "memory.move",
    tag: "memories",
    summary: "Move a memory to another level, under a new key",
    params: memoryParams,
    body: memoryMoveSchema,
    success: json(memorySchema),
    ifMatch: true,
  },
  "memories.forget": {
    method: "DELETE",
    path: `${BASE}/memories/{id}`,
    action: "memory.forget",
    tag: "memories",
    summary: "Forget a memory; it can be restored for a short while, then its key is shredded",
    params: memoryParams,
    success: empty,
    ifMatch: true,
  },
  "memories.decideRecall": {
    method: "PUT",
    path: `${BASE}/memories/{id}/recall`,
    action: "memory.never-recall",
    tag: "memories",
    summary:
      "Say that a memory is never to be recalled, or may be again: it is kept and can be opened, and no search, answer, digest, list of people or program comes by it",
    params: memoryParams,
    body: recallDecisionSchema,
    success: json(memorySchema),
    ifMatch: true,
  },
  "memories.restore": {
    method: "POST",
    path: `${BASE}/memories/{id}/restore`,
    action: "memory.forget",
    tag: "memories",
    summary: "Undo forgetting; a memory that was not forgotten stays as it is",
    params: memoryParams,
    success: json(memorySchema),
  },
  "memories.versions": {
    method: "GET",
    path: `${BASE}/memories/{id}/versions`,
    action: "memory.read",
    tag: "memories",
    summary: "Every state a memory was in, newest first",
    params: memoryParams,
    success: json(z.object({ data: z.array(memoryVersionSchema) })),
  },
  "conversations.list": {
    method: "GET",
    path: `${BASE}/conversations`,
    action: "memory.list",
    tag: "memories",
    summary: "Conversations by their newest memory",
    query: pageQuerySchema.extend({ owner: ownerSchema.optional() }),
    success: listOf(conversationSchema),
    waits: true,
  },
  "searches.run": {
    method: "POST",
    path: `${BASE}/searches`,
    action: "memory.search",
    tag: "recall",
    summary: "Search with filters, highlights, facets and why",
    body: searchRequestSchema,
    success: json(searchResultSchema),
    waits: true,
  },
  "answers.ask": {
    method: "POST",
    path: `${BASE}/answers`,
    action: "memory.ask",
    tag: "recall",
    summary: "Ask; answered by quotation with citations, or with nothing",
    body: answerRequestSchema,
    success: json(answerSchema),
    waits: true,
  },
  "imports.upload": {
    method: "POST",
    path: `${BASE}/imports`,
    action: "import.create",
    tag: "imports",
    summary: "Upload an export file; answers with what it holds and what must be asked, or that it is sealed",
    query: z.strictObject({ zone: z.string().max(100).optional() }),
    upload: true,
    success: json(importSchema, 201),
  },
  "imports.list": {
    method: "GET",
    path: `${BASE}/imports`,
    action: "import.list",
    tag: "imports",
    summary: "Imports, newest first",
    success: json(z.object({ data: z.array(importSchema) })),
  },
  "imports.read": {
    method: "GET",
    path: `${BASE}/imports/{id}`,
    action: "import.list",
    tag: "imports",
    summary: "One import and how far it is",
    params: importParams,
    success: json(importSchema),
  },
  "imports.open": {
    method: "POST",
    path: `${BASE}/imports/{id}/open`,
    action: "import.create",
    tag: "imports",
    summary: "Open an uploaded file that is sealed; answers with what it holds and what must be asked",
    params: importParams,
    body: importOpenSchema,
    success: json(importSchema),
  },
  "imports.start": {
    method: "POST",
    path: `${BASE}/imports/{id}/start`,
    action: "import.create",
    tag: "imports",
    summary: "Begin to import, with the answers to the questions",
    params: importParams,
    body: importAnswersSchema,
    success: json(importSchema, 202),
  },
  "imports.cancel": {
    method: "POST",
    path: `${BASE}/imports/{id}/cancel`,
    action: "import.create",
    tag: "imports",
    summary: "Stop a running import or discard an uploaded file; what was imported stays",
    params: importParams,
    success: json(importSchema),
  },
  "imports.undo": {
    method: "POST",
    path: `${BASE}/imports/{id}/undo`,
    action: "import.undo",
    tag: "imports",
    summary: "Forget everything an import brought",
    params: importParams,
    success: json(importSchema),
  },
  "exports.memories": {
    method: "GET",
    path: `${BASE}/exports/memories`,
    action: "export.run",
    tag: "exports",
    summary: `Everything one may see now, a JSON object a line; the header ${OPEN_UP_TO_HEADER} says up to which level that is`,
    success: { status: 200, type: "ndjson", schema: memorySchema },
  },
  "exports.markdown": {
    method: "GET",
    path: `${BASE}/exports/markdown`,
    action: "export.run",
    tag: "exports",
    summary: "The same as one Markdown document, for reading",
    success: { status: 200, type: "text", mediaType: "text/markdown" },
  },
  "exports.archive": {
    method: "GET",
    path: `${BASE}/exports/archive`,
    action: "export.run",
    tag: "exports",
    summary: "The same as a zip archive: both of these and the files, in attachments/",
    success: { status: 200, type: "text", mediaType: "application/zip" },
  },
  "events.follow": {
    method: "GET",
    path: `${BASE}/events`,
    action: "events.follow",
    tag: "server",
    summary: "Server-sent events; ids are log positions, Last-Event-ID resumes",
    success: { status: 200, type: "events", events: liveEvents },
  },
  "status.read": {
    method: "GET",
    path: `${BASE}/status`,
    action: "server.status",
    tag: "server",
    summary: "Log, views, lag and engines",
    success: json(statusSchema),
  },
  "verifications.run": {
    method: "POST",
    path: `${BASE}/verifications`,
    action: "server.verify",
    tag: "server",
    summary: "Count the log against every view",
    success: json(verificationSchema),
  },
  "views.rebuild": {
    method: "POST",
    path: `${BASE}/views/{name}/rebuild`,
    action: "server.rebuild",
    tag: "server",
    summary:
      "Throw a view away and fold it again from the log; refused while the log lacks what the view holds, unless forced",
    params: z.strictObject({ name: z.enum(["relational", "search", "world"]) }),
    body: z.strictObject({ force: z.boolean().optional() }),
    success: json(z.object({ events: z.number().int(), took_ms: z.number() })),
  },
  ...accessRoutes,
  ...appRoutes,
  ...passkeyRoutes,
  ...loginRoutes,
  ...mailRoutes,
  ...resetRoutes,
  ...codeRoutes,
  ...auditRoutes,
  ...erasureRoutes,
  ...sealRoutes,
  ...sharingRoutes,
  ...memberRoutes,
  ...tenantRoutes,
  ...dayRoutes,
  ...digestRoutes,
  ...peopleRoutes,
  ...reviewRoutes,
  ...retentionRoutes,
  ...exportRoutes,
  ...fileRoutes,
  ...lessonRoutes,
  ...timelineRoutes,
  ...operationRoutes,
  ...providerRoutes,
} as const satisfies Readonly<Record<string, Route>>;

/** The table of routes. */
export type Routes = typeof routes;
/** The name of a route. */
export type RouteName = keyof Routes;
