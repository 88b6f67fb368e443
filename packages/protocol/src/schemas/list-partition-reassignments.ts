import { type ApiSchema, field, list, struct } from "./schema.ts";

/** ListPartitionReassignments tells which replicas are being moved. */
export const listPartitionReassignments: ApiSchema = {
  key: 46,
  name: "ListPartitionReassignments",
  versions: [0, 0],
  flexibleSince: 0,
  request: [
    field("timeoutMs", "int32", { default: 60000 }),
    list(
      "topics",
      struct("ListPartitionReassignmentsTopics", [field("name", "string"), field("partitionIndexes", "int32[]")]),
      { nullable: true, default: null },
    ),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    field("errorCode", "int16"),
    field("errorMessage", "string", { nullable: true }),
    list(
      "topics",
      struct("OngoingTopicReassignment", [
        field("name", "string"),
        list(
          "partitions",
          struct("OngoingPartitionReassignment", [
            field("partitionIndex", "int32"),
            field("replicas", "int32[]"),
            field("addingReplicas", "int32[]"),
            field("removingReplicas", "int32[]"),
          ]),
        ),
      ]),
    ),
  ],
};
