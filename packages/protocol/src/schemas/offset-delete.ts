import { type ApiSchema, field, list, struct } from "./schema.ts";

/** OffsetDelete deletes a group's offsets. Never flexible. */
export const offsetDelete: ApiSchema = {
  key: 47,
  name: "OffsetDelete",
  versions: [0, 0],
  request: [
    field("groupId", "string"),
    list(
      "topics",
      struct("OffsetDeleteRequestTopic", [
        field("name", "string"),
        list("partitions", struct("OffsetDeleteRequestPartition", [field("partitionIndex", "int32")])),
      ]),
    ),
  ],
  response: [
    field("errorCode", "int16"),
    field("throttleTimeMs", "int32"),
    list(
      "topics",
      struct("OffsetDeleteResponseTopic", [
        field("name", "string"),
        list(
          "partitions",
          struct("OffsetDeleteResponsePartition", [field("partitionIndex", "int32"), field("errorCode", "int16")]),
        ),
      ]),
    ),
  ],
};
