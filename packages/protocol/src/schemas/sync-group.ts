import { type ApiSchema, field, list, struct } from "./schema.ts";

/** SyncGroup hands out a classic group's assignment. */
export const syncGroup: ApiSchema = {
  key: 14,
  name: "SyncGroup",
  versions: [0, 5],
  flexibleSince: 4,
  request: [
    field("groupId", "string"),
    field("generationId", "int32"),
    field("memberId", "string"),
    field("groupInstanceId", "string", { since: 3, nullable: true, default: null }),
    field("protocolType", "string", { since: 5, nullable: true, default: null }),
    field("protocolName", "string", { since: 5, nullable: true, default: null }),
    list(
      "assignments",
      struct("SyncGroupRequestAssignment", [field("memberId", "string"), field("assignment", "bytes")]),
    ),
  ],
  response: [
    field("throttleTimeMs", "int32", { since: 1 }),
    field("errorCode", "int16"),
    field("protocolType", "string", { since: 5, nullable: true, default: null }),
    field("protocolName", "string", { since: 5, nullable: true, default: null }),
    field("assignment", "bytes"),
  ],
};
