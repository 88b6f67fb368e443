import { type ApiSchema, field, list, struct } from "./schema.ts";

/** ListTransactions lists transactions by state, producer and duration. */
export const listTransactions: ApiSchema = {
  key: 66,
  name: "ListTransactions",
  versions: [0, 2],
  flexibleSince: 0,
  request: [
    field("stateFilters", "string[]"),
    field("producerIdFilters", "int64[]"),
    field("durationFilter", "int64", { since: 1, default: -1 }),
    field("transactionalIdPattern", "string", { since: 2, nullable: true, default: null }),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    field("errorCode", "int16"),
    field("unknownStateFilters", "string[]"),
    list(
      "transactionStates",
      struct("TransactionState", [
        field("transactionalId", "string"),
        field("producerId", "int64"),
        field("transactionState", "string"),
      ]),
    ),
  ],
};
