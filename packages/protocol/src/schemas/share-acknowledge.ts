import { type ApiSchema, field, list, one, struct } from "./schema.ts";

/** ShareAcknowledge acknowledges records of a share group. */
export const shareAcknowledge: ApiSchema = {
  key: 79,
  name: "ShareAcknowledge",
  versions: [1, 2],
  flexibleSince: 1,
  request: [
    field("groupId", "string", { nullable: true, default: null }),
    field("memberId", "string", { nullable: true }),
    field("shareSessionEpoch", "int32"),
    field("isRenewAck", "boolean", { since: 2 }),
    list(
      "topics",
      struct("AcknowledgeTopic", [
        field("topicId", "uuid"),
        list(
          "partitions",
          struct("AcknowledgePartition", [
            field("partitionIndex", "int32"),
            list(
              "acknowledgementBatches",
              struct("AcknowledgementBatch", [
                field("firstOffset", "int64"),
                field("lastOffset", "int64"),
                field("acknowledgeTypes", "int8[]"),
              ]),
            ),
          ]),
        ),
      ]),
    ),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    field("errorCode", "int16"),
    field("errorMessage", "string", { nullable: true, default: null }),
    field("acquisitionLockTimeoutMs", "int32", { since: 2 }),
    list(
      "responses",
      struct("ShareAcknowledgeTopicResponse", [
        field("topicId", "uuid"),
        list(
          "partitions",
          struct("PartitionData", [
            field("partitionIndex", "int32"),
            field("errorCode", "int16"),
            field("errorMessage", "string", { nullable: true, default: null }),
            one(
              "currentLeader",
              struct("LeaderIdAndEpoch", [field("leaderId", "int32"), field("leaderEpoch", "int32")]),
            ),
          ]),
        ),
      ]),
    ),
    list(
      "nodeEndpoints",
      struct("NodeEndpoint", [
        field("nodeId", "int32"),
        field("host", "string"),
        field("port", "int32"),
        field("rack", "string", { nullable: true, default: null }),
      ]),
    ),
  ],
};
