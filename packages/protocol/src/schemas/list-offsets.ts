import { type ApiSchema, field, list, struct } from "./schema.ts";

/** ListOffsets finds an offset by timestamp or sentinel (-1 latest, -2 earliest, -3 largest timestamp). */
export const listOffsets: ApiSchema = {
  key: 2,
  name: "ListOffsets",
  versions: [1, 11],
  flexibleSince: 6,
  request: [
    field("replicaId", "int32"),
    field("isolationLevel", "int8", { since: 2 }),
    list(
      "topics",
      struct("ListOffsetsTopic", [
        field("name", "string"),
        list(
          "partitions",
          struct("ListOffsetsPartition", [
            field("partitionIndex", "int32"),
            field("currentLeaderEpoch", "int32", { since: 4, default: -1 }),
            field("timestamp", "int64"),
          ]),
        ),
      ]),
    ),
    field("timeoutMs", "int32", { since: 10 }),
  ],
  response: [
    field("throttleTimeMs", "int32", { since: 2 }),
    list(
      "topics",
      struct("ListOffsetsTopicResponse", [
        field("name", "string"),
        list(
          "partitions",
          struct("ListOffsetsPartitionResponse", [
            field("partitionIndex", "int32"),
            field("errorCode", "int16"),
            field("timestamp", "int64", { default: -1 }),
            field("offset", "int64", { default: -1 }),
            field("leaderEpoch", "int32", { since: 4, default: -1 }),
          ]),
        ),
      ]),
    ),
  ],
};
