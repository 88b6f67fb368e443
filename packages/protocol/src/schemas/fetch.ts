import { type ApiSchema, field, list, one, struct } from "./schema.ts";

/** Fetch reads record batches. Topic names until 12, topic ids from 13; sessions from 7. */
export const fetch: ApiSchema = {
  key: 1,
  name: "Fetch",
  versions: [4, 18],
  flexibleSince: 12,
  request: [
    field("clusterId", "string", { since: 12, nullable: true, tag: 0, default: null }),
    field("replicaId", "int32", { until: 14, default: -1 }),
    one(
      "replicaState",
      struct("ReplicaState", [
        field("replicaId", "int32", { default: -1 }),
        field("replicaEpoch", "int64", { default: -1 }),
      ]),
      { since: 15, tag: 1 },
    ),
    field("maxWaitMs", "int32"),
    field("minBytes", "int32"),
    field("maxBytes", "int32", { default: 0x7fff_ffff }),
    field("isolationLevel", "int8"),
    field("sessionId", "int32", { since: 7 }),
    field("sessionEpoch", "int32", { since: 7, default: -1 }),
    list(
      "topics",
      struct("FetchTopic", [
        field("topic", "string", { until: 12 }),
        field("topicId", "uuid", { since: 13 }),
        list(
          "partitions",
          struct("FetchPartition", [
            field("partition", "int32"),
            field("currentLeaderEpoch", "int32", { since: 9, default: -1 }),
            field("fetchOffset", "int64"),
            field("lastFetchedEpoch", "int32", { since: 12, default: -1 }),
            field("logStartOffset", "int64", { since: 5, default: -1 }),
            field("partitionMaxBytes", "int32"),
            field("replicaDirectoryId", "uuid", { since: 17, tag: 0 }),
            field("highWatermark", "int64", { since: 18, tag: 1, default: 2 ** 63 }),
          ]),
        ),
      ]),
    ),
    list(
      "forgottenTopicsData",
      struct("ForgottenTopic", [
        field("topic", "string", { until: 12 }),
        field("topicId", "uuid", { since: 13 }),
        field("partitions", "int32[]"),
      ]),
      { since: 7 },
    ),
    field("rackId", "string", { since: 11 }),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    field("errorCode", "int16", { since: 7 }),
    field("sessionId", "int32", { since: 7 }),
    list(
      "responses",
      struct("FetchableTopicResponse", [
        field("topic", "string", { until: 12 }),
        field("topicId", "uuid", { since: 13 }),
        list(
          "partitions",
          struct("PartitionData", [
            field("partitionIndex", "int32"),
            field("errorCode", "int16"),
            field("highWatermark", "int64"),
            field("lastStableOffset", "int64", { default: -1 }),
            field("logStartOffset", "int64", { since: 5, default: -1 }),
            one(
              "divergingEpoch",
              struct("EpochEndOffset", [
                field("epoch", "int32", { default: -1 }),
                field("endOffset", "int64", { default: -1 }),
              ]),
              { since: 12, tag: 0 },
            ),
            one(
              "currentLeader",
              struct("LeaderIdAndEpoch", [
                field("leaderId", "int32", { default: -1 }),
                field("leaderEpoch", "int32", { default: -1 }),
              ]),
              { since: 12, tag: 1 },
            ),
            one(
              "snapshotId",
              struct("SnapshotId", [
                field("endOffset", "int64", { default: -1 }),
                field("epoch", "int32", { default: -1 }),
              ]),
              { since: 12, tag: 2 },
            ),
            list(
              "abortedTransactions",
              struct("AbortedTransaction", [field("producerId", "int64"), field("firstOffset", "int64")]),
              { nullable: true },
            ),
            field("preferredReadReplica", "int32", { since: 11, default: -1 }),
            field("records", "records", { nullable: true, default: null }),
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
      { since: 16, tag: 0 },
    ),
  ],
};
