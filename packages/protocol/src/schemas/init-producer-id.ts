import { type ApiSchema, field } from "./schema.ts";

/** InitProducerId gives out a producer id and epoch. */
export const initProducerId: ApiSchema = {
  key: 22,
  name: "InitProducerId",
  versions: [0, 5],
  flexibleSince: 2,
  request: [
    field("transactionalId", "string", { nullable: true }),
    field("transactionTimeoutMs", "int32"),
    field("producerId", "int64", { since: 3, default: -1 }),
    field("producerEpoch", "int16", { since: 3, default: -1 }),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    field("errorCode", "int16"),
    field("producerId", "int64", { default: -1 }),
    field("producerEpoch", "int16"),
  ],
};
