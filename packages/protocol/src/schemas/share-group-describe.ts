import { type ApiSchema, field, list, one, struct } from "./schema.ts";

/** ShareGroupDescribe describes share groups. */
export const shareGroupDescribe: ApiSchema = {
  key: 77,
  name: "ShareGroupDescribe",
  versions: [1, 1],
  flexibleSince: 1,
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
            field("rackId", "string", { nullable: true, default: null }),
            field("memberEpoch", "int32"),
            field("clientId", "string"),
            field("clientHost", "string"),
            field("subscribedTopicNames", "string[]"),
            one(
              "assignment",
              struct("Assignment", [
                list(
                  "topicPartitions",
                  struct("TopicPartitions", [
                    field("topicId", "uuid"),
                    field("topicName", "string"),
                    field("partitions", "int32[]"),
                  ]),
                ),
              ]),
            ),
          ]),
        ),
        field("authorizedOperations", "int32", { default: -2147483648 }),
      ]),
    ),
  ],
};
