import { type ApiSchema, field } from "./schema.ts";

/** AddOffsetsToTxn adds a group's offsets to a transaction. */
export const addOffsetsToTxn: ApiSchema = {
  key: 25,
  name: "AddOffsetsToTxn",
  versions: [0, 4],
  flexibleSince: 3,
  request: [
    field("transactionalId", "string"),
    field("producerId", "int64"),
    field("producerEpoch", "int16"),
    field("groupId", "string"),
  ],
  response: [field("throttleTimeMs", "int32"), field("errorCode", "int16")],
};
