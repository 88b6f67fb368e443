import { type ApiSchema, field, list, struct } from "./schema.ts";

/** DescribeAcls finds access rules. */
export const describeAcls: ApiSchema = {
  key: 29,
  name: "DescribeAcls",
  versions: [1, 3],
  flexibleSince: 2,
  request: [
    field("resourceTypeFilter", "int8"),
    field("resourceNameFilter", "string", { nullable: true }),
    field("patternTypeFilter", "int8", { default: 3 }),
    field("principalFilter", "string", { nullable: true }),
    field("hostFilter", "string", { nullable: true }),
    field("operation", "int8"),
    field("permissionType", "int8"),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    field("errorCode", "int16"),
    field("errorMessage", "string", { nullable: true }),
    list(
      "resources",
      struct("DescribeAclsResource", [
        field("resourceType", "int8"),
        field("resourceName", "string"),
        field("patternType", "int8", { default: 3 }),
        list(
          "acls",
          struct("AclDescription", [
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
