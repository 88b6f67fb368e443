import { type ApiSchema, field, list, struct } from "./schema.ts";

/** DeleteAcls removes access rules that match filters. */
export const deleteAcls: ApiSchema = {
  key: 31,
  name: "DeleteAcls",
  versions: [1, 3],
  flexibleSince: 2,
  request: [
    list(
      "filters",
      struct("DeleteAclsFilter", [
        field("resourceTypeFilter", "int8"),
        field("resourceNameFilter", "string", { nullable: true }),
        field("patternTypeFilter", "int8", { default: 3 }),
        field("principalFilter", "string", { nullable: true }),
        field("hostFilter", "string", { nullable: true }),
        field("operation", "int8"),
        field("permissionType", "int8"),
      ]),
    ),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    list(
      "filterResults",
      struct("DeleteAclsFilterResult", [
        field("errorCode", "int16"),
        field("errorMessage", "string", { nullable: true }),
        list(
          "matchingAcls",
          struct("DeleteAclsMatchingAcl", [
            field("errorCode", "int16"),
            field("errorMessage", "string", { nullable: true }),
            field("resourceType", "int8"),
            field("resourceName", "string"),
            field("patternType", "int8", { default: 3 }),
            field("principal", "string"),
            field("host", "string"),
            field("operation", "int8"),
            field("permissionType", "int8"),
          ]),
        ),
      ]),
    ),
  ],
};
