import { type ApiSchema, field, list, struct } from "./schema.ts";

/** CreatePartitions adds partitions to topics. */
export const createPartitions: ApiSchema = {
  key: 37,
  name: "CreatePartitions",
  versions: [0, 3],
  flexibleSince: 2,
  request: [
    list(
      "topics",
      struct("CreatePartitionsTopic", [
        field("name", "string"),
        field("count", "int32"),
        list("assignments", struct("CreatePartitionsAssignment", [field("brokerIds", "int32[]")]), { nullable: true }),
      ]),
    ),
    field("timeoutMs", "int32"),
    field("validateOnly", "boolean"),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    list(
      "results",
      struct("CreatePartitionsTopicResult", [
        field("name", "string"),
        field("errorCode", "int16"),
        field("errorMessage", "string", { nullable: true, default: null }),
      ]),
    ),
  ],
};
