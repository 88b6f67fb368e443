import { type ApiSchema, field, list, struct } from "./schema.ts";

/** IncrementalAlterConfigs changes single configuration values. */
export const incrementalAlterConfigs: ApiSchema = {
  key: 44,
  name: "IncrementalAlterConfigs",
  versions: [0, 1],
  flexibleSince: 1,
  request: [
    list(
      "resources",
      struct("AlterConfigsResource", [
        field("resourceType", "int8"),
        field("resourceName", "string"),
        list(
          "configs",
          struct("AlterableConfig", [
            field("name", "string"),
            field("configOperation", "int8"),
            field("value", "string", { nullable: true }),
          ]),
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
