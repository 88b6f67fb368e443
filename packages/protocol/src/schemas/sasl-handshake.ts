import { type ApiSchema, field } from "./schema.ts";

/** SaslHandshake chooses a SASL mechanism. Never flexible. */
export const saslHandshake: ApiSchema = {
  key: 17,
  name: "SaslHandshake",
  versions: [0, 1],
  request: [field("mechanism", "string")],
  response: [field("errorCode", "int16"), field("mechanisms", "string[]")],
};
