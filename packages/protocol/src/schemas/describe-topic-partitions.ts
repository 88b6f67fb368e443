import { type ApiSchema, field, list, one, struct } from "./schema.ts";

const cursor = struct("Cursor", [field("topicName", "string"), field("partitionIndex", "int32")]);

/** DescribeTopicPartitions pages through partitions. */
export const describeTopicPartitions: ApiSchema = {
  key: 75,
  name: "DescribeTopicPartitions",
  versions: [0, 0],
  flexibleSince: 0,
  request: [
    list("topics", struct("TopicRequest", [field("name", "string")])),
    field("responsePartitionLimit", "int32", { default: 2000 }),
    one("cursor", cursor, { nullable: true, default: null }),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    list(
      "topics",
      struct("DescribeTopicPartitionsResponseTopic", [
        field("errorCode", "int16"),
        field("name", "string", { nullable: true }),
        field("topicId", "uuid"),
        field("isInternal", "boolean"),
        list(
          "partitions",
          struct("DescribeTopicPartitionsResponsePartition", [
            field("errorCode", "int16"),
            field("partitionIndex", "int32"),
            field("leaderId", "int32"),
            field("leaderEpoch", "int32", { default: -1 }),
            field("replicaNodes", "int32[]"),
            field("isrNodes", "int32[]"),
            field("eligibleLeaderReplicas", "int32[]", { nullable: true, default: null }),
            field("lastKnownElr", "int32[]", { nullable: true, default: null }),
            field("offlineReplicas", "int32[]"),
          ]),
        ),
        field("topicAuthorizedOperations", "int32", { default: -2147483648 }),
      ]),
    ),
    one("nextCursor", cursor, { nullable: true, default: null }),
  ],
};
