import { type ApiSchema, field, list, struct } from "./schema.ts";

/** OffsetForLeaderEpoch tells where a leader epoch ends. */
export const offsetForLeaderEpoch: ApiSchema = {
  key: 23,
  name: "OffsetForLeaderEpoch",
  versions: [2, 4],
  flexibleSince: 4,
  request: [
    field("replicaId", "int32", { since: 3, default: -2 }),
    list(
      "topics",
      struct("OffsetForLeaderTopic", [
        field("topic", "string"),
        list(
          "partitions",
          struct("OffsetForLeaderPartition", [
            field("partition", "int32"),
            field("currentLeaderEpoch", "int32", { default: -1 }),
            field("leaderEpoch", "int32"),
          ]),
        ),
      ]),
    ),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    list(
      "topics",
      struct("OffsetForLeaderTopicResult", [
        field("topic", "string"),
        list(
          "partitions",
          struct("EpochEndOffset", [
            field("errorCode", "int16"),
            field("partition", "int32"),
            field("leaderEpoch", "int32", { default: -1 }),
            field("endOffset", "int64", { default: -1 }),
          ]),
        ),
      ]),
    ),
  ],
};
