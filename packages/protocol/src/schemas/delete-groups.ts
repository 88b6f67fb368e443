import { type ApiSchema, field, list, struct } from "./schema.ts";

/** DeleteGroups deletes groups. */
export const deleteGroups: ApiSchema = {
  key: 42,
  name: "DeleteGroups",
  versions: [0, 2],
  flexibleSince: 2,
  request: [field("groupsNames", "string[]")],
  response: [
    field("throttleTimeMs", "int32"),
    list("results", struct("DeletableGroupResult", [field("groupId", "string"), field("errorCode", "int16")])),
  ],
};
