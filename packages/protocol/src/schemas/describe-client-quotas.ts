import { type ApiSchema, field, list, struct } from "./schema.ts";

/** DescribeClientQuotas finds quotas. */
export const describeClientQuotas: ApiSchema = {
  key: 48,
  name: "DescribeClientQuotas",
  versions: [0, 1],
  flexibleSince: 1,
  request: [
    list(
      "components",
      struct("ComponentData", [
        field("entityType", "string"),
        field("matchType", "int8"),
        field("match", "string", { nullable: true }),
      ]),
    ),
    field("strict", "boolean"),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    field("errorCode", "int16"),
    field("errorMessage", "string", { nullable: true }),
    list(
      "entries",
      struct("EntryData", [
        list(
          "entity",
          struct("EntityData", [field("entityType", "string"), field("entityName", "string", { nullable: true })]),
        ),
        list("values", struct("ValueData", [field("key", "string"), field("value", "float64")])),
      ]),
      { nullable: true },
    ),
  ],
};
