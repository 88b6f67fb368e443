import { type ApiSchema, field, list, struct } from "./schema.ts";

const entityData = struct("EntityData", [
  field("entityType", "string"),
  field("entityName", "string", { nullable: true }),
]);

/** AlterClientQuotas changes quotas. */
export const alterClientQuotas: ApiSchema = {
  key: 49,
  name: "AlterClientQuotas",
  versions: [0, 1],
  flexibleSince: 1,
  request: [
    list(
      "entries",
      struct("EntryData", [
        list("entity", entityData),
        list("ops", struct("OpData", [field("key", "string"), field("value", "float64"), field("remove", "boolean")])),
      ]),
    ),
    field("validateOnly", "boolean"),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    list(
      "entries",
      struct("EntryData", [
        field("errorCode", "int16"),
        field("errorMessage", "string", { nullable: true }),
        list("entity", entityData),
      ]),
    ),
  ],
};
