import { type ApiSchema, field, list, struct } from "./schema.ts";

/** OffsetCommit stores what a group has read. Topic ids from 10. */
export const offsetCommit: ApiSchema = {
  key: 8,
  name: "OffsetCommit",
  versions: [2, 10],
  flexibleSince: 8,
  request: [
    field("groupId", "string"),
    field("generationIdOrMemberEpoch", "int32", { default: -1 }),
    field("memberId", "string"),
    field("groupInstanceId", "string", { since: 7, nullable: true, default: null }),
    field("retentionTimeMs", "int64", { until: 4, default: -1 }),
    list(
      "topics",
      struct("OffsetCommitRequestTopic", [
        field("name", "string", { until: 9 }),
        field("topicId", "uuid", { since: 10 }),
        list(
          "partitions",
          struct("OffsetCommitRequestPartition", [
            field("partitionIndex", "int32"),
            field("committedOffset", "int64"),
            field("committedLeaderEpoch", "int32", { since: 6, default: -1 }),
            field("committedMetadata", "string", { nullable: true }),
          ]),
        ),
      ]),
    ),
  ],
  response: [
    field("throttleTimeMs", "int32", { since: 3 }),
    list(
      "topics",
      struct("OffsetCommitResponseTopic", [
        field("name", "string", { until: 9 }),
        field("topicId", "uuid", { since: 10 }),
        list(
          "partitions",
          struct("OffsetCommitResponsePartition", [field("partitionIndex", "int32"), field("errorCode", "int16")]),
        ),
      ]),
    ),
  ],
};
