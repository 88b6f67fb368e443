import { type ApiSchema, field, list, struct } from "./schema.ts";

/** DeleteRecords moves the beginning of a partition's log. */
export const deleteRecords: ApiSchema = {
  key: 21,
  name: "DeleteRecords",
  versions: [0, 2],
  flexibleSince: 2,
  request: [
    list(
      "topics",
      struct("DeleteRecordsTopic", [
        field("name", "string"),
        list(
          "partitions",
          struct("DeleteRecordsPartition", [field("partitionIndex", "int32"), field("offset", "int64")]),
        ),
      ]),
    ),
    field("timeoutMs", "int32"),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    list(
      "topics",
      struct("DeleteRecordsTopicResult", [
        field("name", "string"),
        list(
          "partitions",
          struct("DeleteRecordsPartitionResult", [
            field("partitionIndex", "int32"),
            field("lowWatermark", "int64"),
            field("errorCode", "int16"),
          ]),
        ),
      ]),
    ),
  ],
};
