import { type ApiSchema, field, list, struct } from "./schema.ts";

/** CreateAcls adds access rules. */
export const createAcls: ApiSchema = {
  key: 30,
  name: "CreateAcls",
  versions: [1, 3],
  flexibleSince: 2,
  request: [
    list(
      "creations",
      struct("AclCreation", [
        field("resourceType", "int8"),
        field("resourceName", "string"),
        field("resourcePatternType", "int8", { default: 3 }),
        field("principal", "string"),
        field("host", "string"),
        field("operation", "int8"),
        field("permissionType", "int8"),
      ]),
    ),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    list(
      "results",
      struct("AclCreationResult", [field("errorCode", "int16"), field("errorMessage", "string", { nullable: true })]),
    ),
  ],
};
