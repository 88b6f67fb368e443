import { type ApiSchema, field, list, one, struct } from "./schema.ts";

const topicPartitions = struct("TopicPartitions", [field("topicId", "uuid"), field("partitions", "int32[]")]);

/** ConsumerGroupHeartbeat is all a member of a KIP-848 group says. */
export const consumerGroupHeartbeat: ApiSchema = {
  key: 68,
  name: "ConsumerGroupHeartbeat",
  versions: [0, 1],
  flexibleSince: 0,
  request: [
    field("groupId", "string"),
    field("memberId", "string"),
    field("memberEpoch", "int32"),
    field("instanceId", "string", { nullable: true, default: null }),
    field("rackId", "string", { nullable: true, default: null }),
    field("rebalanceTimeoutMs", "int32", { default: -1 }),
    field("subscribedTopicNames", "string[]", { nullable: true, default: null }),
    field("subscribedTopicRegex", "string", { since: 1, nullable: true, default: null }),
    field("serverAssignor", "string", { nullable: true, default: null }),
    list("topicPartitions", topicPartitions, { nullable: true, default: null }),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    field("errorCode", "int16"),
    field("errorMessage", "string", { nullable: true, default: null }),
    field("memberId", "string", { nullable: true, default: null }),
    field("memberEpoch", "int32"),
    field("heartbeatIntervalMs", "int32"),
    one("assignment", struct("Assignment", [list("topicPartitions", topicPartitions)]), {
      nullable: true,
      default: null,
    }),
  ],
};
