export type { CallOptions, CallResult, ClientOptions } from "./calls.ts";
export { answerRequestSchema, answerSchema, citationSchema } from "./answer-schemas.ts";
export { type Client, createClient } from "./client.ts";
export { keyReachSchema, keySchema, keyListSchema } from "./access-schemas.ts";
export { erasureSchema } from "./erasure-schemas.ts";
export { serverSchema, statusSchema, verificationSchema, viewStatusSchema } from "./house-schemas.ts";
export { backupsSchema, kekSchema, userKeySchema, userKeysSchema } from "./operation-schemas.ts";
export { printOpenApi } from "./openapi.ts";
export { KaelixProblem } from "./problem.ts";
export type { CallInput, CallOutput, Method, Route, Success } from "./route.ts";
export { PURPOSE_HEADER } from "./purpose-header.ts";
export { OPEN_UP_TO_HEADER, type RouteName, type Routes, routes } from "./routes.ts";
export { shareSchema, shareScopeSchema } from "./sharing-schemas.ts";
export {
  conversationIdSchema,
  conversationSchema,
  importAnswersSchema,
  importIdSchema,
  importPreviewSchema,
  importQuestionSchema,
  importSchema,
  inviteSchema,
  levelInputSchema,
  levelNameSchema,
  logInSchema,
  memoryCreatedSchema,
  memoryCreateSchema,
  memoryEditSchema,
  memoryIdSchema,
  memorySchema,
  memoryVersionSchema,
  problemSchema,
  sessionSchema,
  sessionTokensSchema,
  signUpSchema,
  timeSchema,
  userSchema,
} from "./schemas.ts";
export {
  asOfSchema,
  foundMemorySchema,
  hitSchema,
  searchRequestSchema,
  searchResultSchema,
  signalSchema,
} from "./search-schemas.ts";
