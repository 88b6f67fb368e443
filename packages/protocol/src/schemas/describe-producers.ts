import { type ApiSchema, field, list, struct } from "./schema.ts";

/** DescribeProducers tells a partition's producer states. */
export const describeProducers: ApiSchema = {
  key: 61,
  name: "DescribeProducers",
  versions: [0, 0],
  flexibleSince: 0,
  request: [list("topics", struct("TopicRequest", [field("name", "string"), field("partitionIndexes", "int32[]")]))],
  response: [
    field("throttleTimeMs", "int32"),
    list(
      "topics",
      struct("TopicResponse", [
        field("name", "string"),
        list(
          "partitions",
          struct("PartitionResponse", [
            field("partitionIndex", "int32"),
            field("errorCode", "int16"),
            field("errorMessage", "string", { nullable: true, default: null }),
            list(
              "activeProducers",
              struct("ProducerState", [
                field("producerId", "int64"),
                field("producerEpoch", "int32"),
                field("lastSequence", "int32", { default: -1 }),
                field("lastTimestamp", "int64", { default: -1 }),
                field("coordinatorEpoch", "int32"),
                field("currentTxnStartOffset", "int64", { default: -1 }),
              ]),
            ),
          ]),
        ),
      ]),
    ),
  ],
};
