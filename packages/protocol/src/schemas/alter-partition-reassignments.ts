import { type ApiSchema, field, list, struct } from "./schema.ts";

/** AlterPartitionReassignments moves replicas. */
export const alterPartitionReassignments: ApiSchema = {
  key: 45,
  name: "AlterPartitionReassignments",
  versions: [0, 1],
  flexibleSince: 0,
  request: [
    field("timeoutMs", "int32", { default: 60000 }),
    field("allowReplicationFactorChange", "boolean", { since: 1, default: true }),
    list(
      "topics",
      struct("ReassignableTopic", [
        field("name", "string"),
        list(
          "partitions",
          struct("ReassignablePartition", [
            field("partitionIndex", "int32"),
            field("replicas", "int32[]", { nullable: true, default: null }),
          ]),
        ),
      ]),
    ),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    field("allowReplicationFactorChange", "boolean", { since: 1, default: true }),
    field("errorCode", "int16"),
    field("errorMessage", "string", { nullable: true }),
    list(
      "responses",
      struct("ReassignableTopicResponse", [
        field("name", "string"),
        list(
          "partitions",
          struct("ReassignablePartitionResponse", [
            field("partitionIndex", "int32"),
            field("errorCode", "int16"),
            field("errorMessage", "string", { nullable: true }),
          ]),
        ),
      ]),
    ),
  ],
};
