import { type ApiSchema, field } from "./schema.ts";

/** SaslAuthenticate carries the bytes of a SASL exchange. */
export const saslAuthenticate: ApiSchema = {
  key: 36,
  name: "SaslAuthenticate",
  versions: [0, 2],
  flexibleSince: 2,
  request: [field("authBytes", "bytes")],
  response: [
    field("errorCode", "int16"),
    field("errorMessage", "string", { nullable: true }),
    field("authBytes", "bytes"),
    field("sessionLifetimeMs", "int64", { since: 1 }),
  ],
};
