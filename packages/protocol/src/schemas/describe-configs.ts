import { type ApiSchema, field, list, struct } from "./schema.ts";

/** DescribeConfigs tells configuration with its sources. */
export const describeConfigs: ApiSchema = {
  key: 32,
  name: "DescribeConfigs",
  versions: [1, 4],
  flexibleSince: 4,
  request: [
    list(
      "resources",
      struct("DescribeConfigsResource", [
        field("resourceType", "int8"),
        field("resourceName", "string"),
        field("configurationKeys", "string[]", { nullable: true }),
      ]),
    ),
    field("includeSynonyms", "boolean"),
    field("includeDocumentation", "boolean", { since: 3 }),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    list(
      "results",
      struct("DescribeConfigsResult", [
        field("errorCode", "int16"),
        field("errorMessage", "string", { nullable: true }),
        field("resourceType", "int8"),
        field("resourceName", "string"),
        list(
          "configs",
          struct("DescribeConfigsResourceResult", [
            field("name", "string"),
            field("value", "string", { nullable: true }),
            field("readOnly", "boolean"),
            field("configSource", "int8", { default: -1 }),
            field("isSensitive", "boolean"),
            list(
              "synonyms",
              struct("DescribeConfigsSynonym", [
                field("name", "string"),
                field("value", "string", { nullable: true }),
                field("source", "int8"),
              ]),
            ),
            field("configType", "int8", { since: 3 }),
            field("documentation", "string", { since: 3, nullable: true }),
          ]),
        ),
      ]),
    ),
  ],
};
