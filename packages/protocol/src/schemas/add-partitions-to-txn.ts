import { type ApiSchema, field, list, struct } from "./schema.ts";

const addPartitionsToTxnTopic = struct("AddPartitionsToTxnTopic", [
  field("name", "string"),
  field("partitions", "int32[]"),
]);

const addPartitionsToTxnTopicResult = struct("AddPartitionsToTxnTopicResult", [
  field("name", "string"),
  list(
    "resultsByPartition",
    struct("AddPartitionsToTxnPartitionResult", [
      field("partitionIndex", "int32"),
      field("partitionErrorCode", "int16"),
    ]),
  ),
]);

/** AddPartitionsToTxn adds partitions to a transaction. One transaction until 3, many from 4 (between brokers). */
export const addPartitionsToTxn: ApiSchema = {
  key: 24,
  name: "AddPartitionsToTxn",
  versions: [0, 5],
  flexibleSince: 3,
  request: [
    list(
      "transactions",
      struct("AddPartitionsToTxnTransaction", [
        field("transactionalId", "string"),
        field("producerId", "int64"),
        field("producerEpoch", "int16"),
        field("verifyOnly", "boolean"),
        list("topics", addPartitionsToTxnTopic),
      ]),
      { since: 4 },
    ),
    field("v3AndBelowTransactionalId", "string", { until: 3 }),
    field("v3AndBelowProducerId", "int64", { until: 3 }),
    field("v3AndBelowProducerEpoch", "int16", { until: 3 }),
    list("v3AndBelowTopics", addPartitionsToTxnTopic, { until: 3 }),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    field("errorCode", "int16", { since: 4 }),
    list(
      "resultsByTransaction",
      struct("AddPartitionsToTxnResult", [
        field("transactionalId", "string"),
        list("topicResults", addPartitionsToTxnTopicResult),
      ]),
      { since: 4 },
    ),
    list("resultsByTopicV3AndBelow", addPartitionsToTxnTopicResult, { until: 3 }),
  ],
};
