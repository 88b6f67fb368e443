import { type ApiSchema, field, list, one, struct } from "./schema.ts";

const assignment = struct("Assignment", [
  list(
    "topicPartitions",
    struct("TopicPartitions", [field("topicId", "uuid"), field("topicName", "string"), field("partitions", "int32[]")]),
  ),
]);

/** ConsumerGroupDescribe describes KIP-848 groups. */
export const consumerGroupDescribe: ApiSchema = {
  key: 69,
  name: "ConsumerGroupDescribe",
  versions: [0, 1],
  flexibleSince: 0,
  request: [field("groupIds", "string[]"), field("includeAuthorizedOperations", "boolean")],
  response: [
    field("throttleTimeMs", "int32"),
    list(
      "groups",
      struct("DescribedGroup", [
        field("errorCode", "int16"),
        field("errorMessage", "string", { nullable: true, default: null }),
        field("groupId", "string"),
        field("groupState", "string"),
        field("groupEpoch", "int32"),
        field("assignmentEpoch", "int32"),
        field("assignorName", "string"),
        list(
          "members",
          struct("Member", [
            field("memberId", "string"),
            field("instanceId", "string", { nullable: true, default: null }),
            field("rackId", "string", { nullable: true, default: null }),
            field("memberEpoch", "int32"),
            field("clientId", "string"),
            field("clientHost", "string"),
            field("subscribedTopicNames", "string[]"),
            field("subscribedTopicRegex", "string", { nullable: true, default: null }),
            one("assignment", assignment),
            one("targetAssignment", assignment),
            field("memberType", "int8", { since: 1, default: -1 }),
          ]),
        ),
        field("authorizedOperations", "int32", { default: -2147483648 }),
      ]),
    ),
  ],
};
