import { type ApiSchema, field, list, struct } from "./schema.ts";

/** ListConfigResources lists what has configuration. */
export const listConfigResources: ApiSchema = {
  key: 74,
  name: "ListConfigResources",
  versions: [0, 1],
  flexibleSince: 0,
  request: [field("resourceTypes", "int8[]", { since: 1 })],
  response: [
    field("throttleTimeMs", "int32"),
    field("errorCode", "int16"),
    list(
      "configResources",
      struct("ConfigResource", [
        field("resourceName", "string"),
        field("resourceType", "int8", { since: 1, default: 16 }),
      ]),
    ),
  ],
};
