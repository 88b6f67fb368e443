import { type ApiSchema, field, list, struct } from "./schema.ts";

/** AlterConfigs replaces configuration. */
export const alterConfigs: ApiSchema = {
  key: 33,
  name: "AlterConfigs",
  versions: [0, 2],
  flexibleSince: 2,
  request: [
    list(
      "resources",
      struct("AlterConfigsResource", [
        field("resourceType", "int8"),
        field("resourceName", "string"),
        list(
          "configs",
          struct("AlterableConfig", [field("name", "string"), field("value", "string", { nullable: true })]),
        ),
      ]),
    ),
    field("validateOnly", "boolean"),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    list(
      "responses",
      struct("AlterConfigsResourceResponse", [
        field("errorCode", "int16"),
        field("errorMessage", "string", { nullable: true }),
        field("resourceType", "int8"),
        field("resourceName", "string"),
      ]),
    ),
  ],
};
