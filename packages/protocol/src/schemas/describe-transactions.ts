import { type ApiSchema, field, list, struct } from "./schema.ts";

/** DescribeTransactions describes transactions. */
export const describeTransactions: ApiSchema = {
  key: 65,
  name: "DescribeTransactions",
  versions: [0, 0],
  flexibleSince: 0,
  request: [field("transactionalIds", "string[]")],
  response: [
    field("throttleTimeMs", "int32"),
    list(
      "transactionStates",
      struct("TransactionState", [
        field("errorCode", "int16"),
        field("transactionalId", "string"),
        field("transactionState", "string"),
        field("transactionTimeoutMs", "int32"),
        field("transactionStartTimeMs", "int64"),
        field("producerId", "int64"),
        field("producerEpoch", "int16"),
        list("topics", struct("TopicData", [field("topic", "string"), field("partitions", "int32[]")])),
      ]),
    ),
  ],
};
