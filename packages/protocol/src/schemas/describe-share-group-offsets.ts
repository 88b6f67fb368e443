import { type ApiSchema, field, list, struct } from "./schema.ts";

/** DescribeShareGroupOffsets tells where a share group stands. */
export const describeShareGroupOffsets: ApiSchema = {
  key: 90,
  name: "DescribeShareGroupOffsets",
  versions: [0, 1],
  flexibleSince: 0,
  request: [
    list(
      "groups",
      struct("DescribeShareGroupOffsetsRequestGroup", [
        field("groupId", "string"),
        list(
          "topics",
          struct("DescribeShareGroupOffsetsRequestTopic", [
            field("topicName", "string"),
            field("partitions", "int32[]"),
          ]),
          { nullable: true },
        ),
      ]),
    ),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    list(
      "groups",
      struct("DescribeShareGroupOffsetsResponseGroup", [
        field("groupId", "string"),
        list(
          "topics",
          struct("DescribeShareGroupOffsetsResponseTopic", [
            field("topicName", "string"),
            field("topicId", "uuid"),
            list(
              "partitions",
              struct("DescribeShareGroupOffsetsResponsePartition", [
                field("partitionIndex", "int32"),
                field("startOffset", "int64"),
                field("leaderEpoch", "int32"),
                field("lag", "int64", { since: 1, default: -1 }),
                field("errorCode", "int16"),
                field("errorMessage", "string", { nullable: true, default: null }),
              ]),
            ),
          ]),
        ),
        field("errorCode", "int16"),
        field("errorMessage", "string", { nullable: true, default: null }),
      ]),
    ),
  ],
};
