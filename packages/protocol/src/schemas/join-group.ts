import { type ApiSchema, field, list, struct } from "./schema.ts";

/** JoinGroup enters a classic group. */
export const joinGroup: ApiSchema = {
  key: 11,
  name: "JoinGroup",
  versions: [0, 9],
  flexibleSince: 6,
  request: [
    field("groupId", "string"),
    field("sessionTimeoutMs", "int32"),
    field("rebalanceTimeoutMs", "int32", { since: 1, default: -1 }),
    field("memberId", "string"),
    field("groupInstanceId", "string", { since: 5, nullable: true, default: null }),
    field("protocolType", "string"),
    list("protocols", struct("JoinGroupRequestProtocol", [field("name", "string"), field("metadata", "bytes")])),
    field("reason", "string", { since: 8, nullable: true, default: null }),
  ],
  response: [
    field("throttleTimeMs", "int32", { since: 2 }),
    field("errorCode", "int16"),
    field("generationId", "int32", { default: -1 }),
    field("protocolType", "string", { since: 7, nullable: true, default: null }),
    field("protocolName", "string", { nullableSince: 7 }),
    field("leader", "string"),
    field("skipAssignment", "boolean", { since: 9 }),
    field("memberId", "string"),
    list(
      "members",
      struct("JoinGroupResponseMember", [
        field("memberId", "string"),
        field("groupInstanceId", "string", { since: 5, nullable: true, default: null }),
        field("metadata", "bytes"),
      ]),
    ),
  ],
};
