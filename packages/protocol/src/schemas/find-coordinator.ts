import { type ApiSchema, field, list, struct } from "./schema.ts";

/** FindCoordinator names the broker of a group or transactional id. One key until 3, many from 4. */
export const findCoordinator: ApiSchema = {
  key: 10,
  name: "FindCoordinator",
  versions: [0, 6],
  flexibleSince: 3,
  request: [
    field("key", "string", { until: 3 }),
    field("keyType", "int8", { since: 1 }),
    field("coordinatorKeys", "string[]", { since: 4 }),
  ],
  response: [
    field("throttleTimeMs", "int32", { since: 1 }),
    field("errorCode", "int16", { until: 3 }),
    field("errorMessage", "string", { since: 1, until: 3, nullable: true }),
    field("nodeId", "int32", { until: 3 }),
    field("host", "string", { until: 3 }),
    field("port", "int32", { until: 3 }),
    list(
      "coordinators",
      struct("Coordinator", [
        field("key", "string"),
        field("nodeId", "int32"),
        field("host", "string"),
        field("port", "int32"),
        field("errorCode", "int16"),
        field("errorMessage", "string", { nullable: true }),
      ]),
      { since: 4 },
    ),
  ],
};
