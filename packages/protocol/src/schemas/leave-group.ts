import { type ApiSchema, field, list, struct } from "./schema.ts";

/** LeaveGroup leaves a classic group; many members at once from 3. */
export const leaveGroup: ApiSchema = {
  key: 13,
  name: "LeaveGroup",
  versions: [0, 5],
  flexibleSince: 4,
  request: [
    field("groupId", "string"),
    field("memberId", "string", { until: 2 }),
    list(
      "members",
      struct("MemberIdentity", [
        field("memberId", "string"),
        field("groupInstanceId", "string", { nullable: true, default: null }),
        field("reason", "string", { since: 5, nullable: true, default: null }),
      ]),
      { since: 3 },
    ),
  ],
  response: [
    field("throttleTimeMs", "int32", { since: 1 }),
    field("errorCode", "int16"),
    list(
      "members",
      struct("MemberResponse", [
        field("memberId", "string"),
        field("groupInstanceId", "string", { nullable: true }),
        field("errorCode", "int16"),
      ]),
      { since: 3 },
    ),
  ],
};
