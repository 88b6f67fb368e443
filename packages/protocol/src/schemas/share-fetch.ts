import { type ApiSchema, field, list, one, struct } from "./schema.ts";

/** ShareFetch acquires records for a share group and acknowledges earlier ones. */
export const shareFetch: ApiSchema = {
  key: 78,
  name: "ShareFetch",
  versions: [1, 2],
  flexibleSince: 1,
  request: [
    field("groupId", "string", { nullable: true, default: null }),
    field("memberId", "string", { nullable: true }),
    field("shareSessionEpoch", "int32"),
    field("maxWaitMs", "int32"),
    field("minBytes", "int32"),
    field("maxBytes", "int32", { default: 0x7fff_ffff }),
    field("maxRecords", "int32"),
    field("batchSize", "int32"),
    field("shareAcquireMode", "int8", { since: 2 }),
    field("isRenewAck", "boolean", { since: 2 }),
    list(
      "topics",
      struct("FetchTopic", [
        field("topicId", "uuid"),
        list(
          "partitions",
          struct("FetchPartition", [
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
    list("forgottenTopicsData", struct("ForgottenTopic", [field("topicId", "uuid"), field("partitions", "int32[]")])),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    field("errorCode", "int16"),
    field("errorMessage", "string", { nullable: true, default: null }),
    field("acquisitionLockTimeoutMs", "int32"),
    list(
      "responses",
      struct("ShareFetchableTopicResponse", [
        field("topicId", "uuid"),
        list(
          "partitions",
          struct("PartitionData", [
            field("partitionIndex", "int32"),
            field("errorCode", "int16"),
            field("errorMessage", "string", { nullable: true, default: null }),
            field("acknowledgeErrorCode", "int16"),
            field("acknowledgeErrorMessage", "string", { nullable: true, default: null }),
            one(
              "currentLeader",
              struct("LeaderIdAndEpoch", [field("leaderId", "int32"), field("leaderEpoch", "int32")]),
            ),
            field("records", "records"),
            list(
              "acquiredRecords",
              struct("AcquiredRecords", [
                field("firstOffset", "int64"),
                field("lastOffset", "int64"),
                field("deliveryCount", "int16"),
              ]),
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
