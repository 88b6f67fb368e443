import { type ApiSchema, field, list, struct } from "./schema.ts";

/** TxnOffsetCommit stores a group's offsets within a transaction. */
export const txnOffsetCommit: ApiSchema = {
  key: 28,
  name: "TxnOffsetCommit",
  versions: [0, 5],
  flexibleSince: 3,
  request: [
    field("transactionalId", "string"),
    field("groupId", "string"),
    field("producerId", "int64"),
    field("producerEpoch", "int16"),
    field("generationId", "int32", { since: 3, default: -1 }),
    field("memberId", "string", { since: 3 }),
    field("groupInstanceId", "string", { since: 3, nullable: true, default: null }),
    list(
      "topics",
      struct("TxnOffsetCommitRequestTopic", [
        field("name", "string"),
        list(
          "partitions",
          struct("TxnOffsetCommitRequestPartition", [
            field("partitionIndex", "int32"),
            field("committedOffset", "int64"),
            field("committedLeaderEpoch", "int32", { since: 2, default: -1 }),
            field("committedMetadata", "string", { nullable: true }),
          ]),
        ),
      ]),
    ),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    list(
      "topics",
      struct("TxnOffsetCommitResponseTopic", [
        field("name", "string"),
        list(
          "partitions",
          struct("TxnOffsetCommitResponsePartition", [field("partitionIndex", "int32"), field("errorCode", "int16")]),
        ),
      ]),
    ),
  ],
};
