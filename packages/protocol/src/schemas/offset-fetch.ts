import { type ApiSchema, field, list, struct } from "./schema.ts";

/** OffsetFetch tells what a group has stored. One group until 7, many from 8; topic ids from 10. */
export const offsetFetch: ApiSchema = {
  key: 9,
  name: "OffsetFetch",
  versions: [1, 10],
  flexibleSince: 6,
  request: [
    field("groupId", "string", { until: 7 }),
    list("topics", struct("OffsetFetchRequestTopic", [field("name", "string"), field("partitionIndexes", "int32[]")]), {
      until: 7,
      nullableSince: 2,
    }),
    list(
      "groups",
      struct("OffsetFetchRequestGroup", [
        field("groupId", "string"),
        field("memberId", "string", { since: 9, nullable: true, default: null }),
        field("memberEpoch", "int32", { since: 9, default: -1 }),
        list(
          "topics",
          struct("OffsetFetchRequestTopics", [
            field("name", "string", { until: 9 }),
            field("topicId", "uuid", { since: 10 }),
            field("partitionIndexes", "int32[]"),
          ]),
          { nullable: true },
        ),
      ]),
      { since: 8 },
    ),
    field("requireStable", "boolean", { since: 7 }),
  ],
  response: [
    field("throttleTimeMs", "int32", { since: 3 }),
    list(
      "topics",
      struct("OffsetFetchResponseTopic", [
        field("name", "string"),
        list(
          "partitions",
          struct("OffsetFetchResponsePartition", [
            field("partitionIndex", "int32"),
            field("committedOffset", "int64"),
            field("committedLeaderEpoch", "int32", { since: 5, default: -1 }),
            field("metadata", "string", { nullable: true }),
            field("errorCode", "int16"),
          ]),
        ),
      ]),
      { until: 7 },
    ),
    field("errorCode", "int16", { since: 2, until: 7 }),
    list(
      "groups",
      struct("OffsetFetchResponseGroup", [
        field("groupId", "string"),
        list(
          "topics",
          struct("OffsetFetchResponseTopics", [
            field("name", "string", { until: 9 }),
            field("topicId", "uuid", { since: 10 }),
            list(
              "partitions",
              struct("OffsetFetchResponsePartitions", [
                field("partitionIndex", "int32"),
                field("committedOffset", "int64"),
                field("committedLeaderEpoch", "int32", { default: -1 }),
                field("metadata", "string", { nullable: true }),
                field("errorCode", "int16"),
              ]),
            ),
          ]),
        ),
        field("errorCode", "int16"),
      ]),
      { since: 8 },
    ),
  ],
};
