import { type ApiSchema, field, list, struct } from "./schema.ts";

/** WriteTxnMarkers writes commit or abort markers (between brokers). */
export const writeTxnMarkers: ApiSchema = {
  key: 27,
  name: "WriteTxnMarkers",
  versions: [1, 2],
  flexibleSince: 1,
  request: [
    list(
      "markers",
      struct("WritableTxnMarker", [
        field("producerId", "int64"),
        field("producerEpoch", "int16"),
        field("transactionResult", "boolean"),
        list(
          "topics",
          struct("WritableTxnMarkerTopic", [field("name", "string"), field("partitionIndexes", "int32[]")]),
        ),
        field("coordinatorEpoch", "int32"),
        field("transactionVersion", "int8", { since: 2 }),
      ]),
    ),
  ],
  response: [
    list(
      "markers",
      struct("WritableTxnMarkerResult", [
        field("producerId", "int64"),
        list(
          "topics",
          struct("WritableTxnMarkerTopicResult", [
            field("name", "string"),
            list(
              "partitions",
              struct("WritableTxnMarkerPartitionResult", [
                field("partitionIndex", "int32"),
                field("errorCode", "int16"),
              ]),
            ),
          ]),
        ),
      ]),
    ),
  ],
};
