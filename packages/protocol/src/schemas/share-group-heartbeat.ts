import { type ApiSchema, field, list, one, struct } from "./schema.ts";

/** ShareGroupHeartbeat is all a member of a share group says (KIP-932). */
export const shareGroupHeartbeat: ApiSchema = {
  key: 76,
  name: "ShareGroupHeartbeat",
  versions: [1, 1],
  flexibleSince: 1,
  request: [
    field("groupId", "string"),
    field("memberId", "string"),
    field("memberEpoch", "int32"),
    field("rackId", "string", { nullable: true, default: null }),
    field("subscribedTopicNames", "string[]", { nullable: true, default: null }),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    field("errorCode", "int16"),
    field("errorMessage", "string", { nullable: true, default: null }),
    field("memberId", "string", { nullable: true, default: null }),
    field("memberEpoch", "int32"),
    field("heartbeatIntervalMs", "int32"),
    one(
      "assignment",
      struct("Assignment", [
        list("topicPartitions", struct("TopicPartitions", [field("topicId", "uuid"), field("partitions", "int32[]")])),
      ]),
      { nullable: true, default: null },
    ),
  ],
};
