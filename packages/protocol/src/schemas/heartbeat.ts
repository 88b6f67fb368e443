import { type ApiSchema, field } from "./schema.ts";

/** Heartbeat keeps a member of a classic group alive. */
export const heartbeat: ApiSchema = {
  key: 12,
  name: "Heartbeat",
  versions: [0, 4],
  flexibleSince: 4,
  request: [
    field("groupId", "string"),
    field("generationId", "int32"),
    field("memberId", "string"),
    field("groupInstanceId", "string", { since: 3, nullable: true, default: null }),
  ],
  response: [field("throttleTimeMs", "int32", { since: 1 }), field("errorCode", "int16")],
};
