import { type ApiSchema, field, list, struct } from "./schema.ts";

/** DescribeGroups describes classic groups. */
export const describeGroups: ApiSchema = {
  key: 15,
  name: "DescribeGroups",
  versions: [0, 6],
  flexibleSince: 5,
  request: [field("groups", "string[]"), field("includeAuthorizedOperations", "boolean", { since: 3 })],
  response: [
    field("throttleTimeMs", "int32", { since: 1 }),
    list(
      "groups",
      struct("DescribedGroup", [
        field("errorCode", "int16"),
        field("errorMessage", "string", { since: 6, nullable: true, default: null }),
        field("groupId", "string"),
        field("groupState", "string"),
        field("protocolType", "string"),
        field("protocolData", "string"),
        list(
          "members",
          struct("DescribedGroupMember", [
            field("memberId", "string"),
            field("groupInstanceId", "string", { since: 4, nullable: true, default: null }),
            field("clientId", "string"),
            field("clientHost", "string"),
            field("memberMetadata", "bytes"),
            field("memberAssignment", "bytes"),
          ]),
        ),
        field("authorizedOperations", "int32", { since: 3, default: -2147483648 }),
      ]),
    ),
  ],
};
