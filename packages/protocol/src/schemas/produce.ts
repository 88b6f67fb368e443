import { type ApiSchema, field, list, one, struct } from "./schema.ts";

/** Produce appends record batches. Topic ids from 13; 0–2 are advertised for old librdkafka but not served. */
export const produce: ApiSchema = {
  key: 0,
  name: "Produce",
  versions: [3, 13],
  advertised: [0, 13],
  flexibleSince: 9,
  request: [
    field("transactionalId", "string", { nullable: true, default: null }),
    field("acks", "int16"),
    field("timeoutMs", "int32"),
    list(
      "topicData",
      struct("TopicProduceData", [
        field("name", "string", { until: 12 }),
        field("topicId", "uuid", { since: 13 }),
        list(
          "partitionData",
          struct("PartitionProduceData", [
            field("index", "int32"),
            field("records", "records", { nullable: true, default: null }),
          ]),
        ),
      ]),
    ),
  ],
  response: [
    list(
      "responses",
      struct("TopicProduceResponse", [
        field("name", "string", { until: 12 }),
        field("topicId", "uuid", { since: 13 }),
        list(
          "partitionResponses",
          struct("PartitionProduceResponse", [
            field("index", "int32"),
            field("errorCode", "int16"),
            field("baseOffset", "int64"),
            field("logAppendTimeMs", "int64", { default: -1 }),
            field("logStartOffset", "int64", { since: 5, default: -1 }),
            list(
              "recordErrors",
              struct("BatchIndexAndErrorMessage", [
                field("batchIndex", "int32"),
                field("batchIndexErrorMessage", "string", { nullable: true, default: null }),
              ]),
              { since: 8 },
            ),
            field("errorMessage", "string", { since: 8, nullable: true, default: null }),
            one(
              "currentLeader",
              struct("LeaderIdAndEpoch", [
                field("leaderId", "int32", { default: -1 }),
                field("leaderEpoch", "int32", { default: -1 }),
              ]),
              { since: 10, tag: 0 },
            ),
          ]),
        ),
      ]),
    ),
    field("throttleTimeMs", "int32"),
    list(
      "nodeEndpoints",
      struct("NodeEndpoint", [
        field("nodeId", "int32"),
        field("host", "string"),
        field("port", "int32"),
        field("rack", "string", { nullable: true, default: null }),
      ]),
      { since: 10, tag: 0 },
    ),
  ],
};
