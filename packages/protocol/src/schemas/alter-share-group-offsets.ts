import { type ApiSchema, field, list, struct } from "./schema.ts";

/** AlterShareGroupOffsets moves where an empty share group begins. */
export const alterShareGroupOffsets: ApiSchema = {
  key: 91,
  name: "AlterShareGroupOffsets",
  versions: [0, 0],
  flexibleSince: 0,
  request: [
    field("groupId", "string"),
    list(
      "topics",
      struct("AlterShareGroupOffsetsRequestTopic", [
        field("topicName", "string"),
        list(
          "partitions",
          struct("AlterShareGroupOffsetsRequestPartition", [
            field("partitionIndex", "int32"),
            field("startOffset", "int64"),
          ]),
        ),
      ]),
    ),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    field("errorCode", "int16"),
    field("errorMessage", "string", { nullable: true, default: null }),
    list(
      "responses",
      struct("AlterShareGroupOffsetsResponseTopic", [
        field("topicName", "string"),
        field("topicId", "uuid"),
        list(
          "partitions",
          struct("AlterShareGroupOffsetsResponsePartition", [
            field("partitionIndex", "int32"),
            field("errorCode", "int16"),
            field("errorMessage", "string", { nullable: true, default: null }),
          ]),
        ),
      ]),
    ),
  ],
};
