import { type ApiSchema, field } from "./schema.ts";

/** EndTxn commits or aborts a transaction; from 5 it gives the next epoch (KIP-890). */
export const endTxn: ApiSchema = {
  key: 26,
  name: "EndTxn",
  versions: [0, 5],
  flexibleSince: 3,
  request: [
    field("transactionalId", "string"),
    field("producerId", "int64"),
    field("producerEpoch", "int16"),
    field("committed", "boolean"),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    field("errorCode", "int16"),
    field("producerId", "int64", { since: 5, default: -1 }),
    field("producerEpoch", "int16", { since: 5, default: -1 }),
  ],
};
