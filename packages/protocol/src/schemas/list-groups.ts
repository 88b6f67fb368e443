import { type ApiSchema, field, list, struct } from "./schema.ts";

/** ListGroups lists groups by state and type. */
export const listGroups: ApiSchema = {
  key: 16,
  name: "ListGroups",
  versions: [0, 5],
  flexibleSince: 3,
  request: [field("statesFilter", "string[]", { since: 4 }), field("typesFilter", "string[]", { since: 5 })],
  response: [
    field("throttleTimeMs", "int32", { since: 1 }),
    field("errorCode", "int16"),
    list(
      "groups",
      struct("ListedGroup", [
        field("groupId", "string"),
        field("protocolType", "string"),
        field("groupState", "string", { since: 4 }),
        field("groupType", "string", { since: 5 }),
      ]),
    ),
  ],
};
