import { type ApiSchema, field, list, struct } from "./schema.ts";

/** ElectLeaders elects partition leaders. */
export const electLeaders: ApiSchema = {
  key: 43,
  name: "ElectLeaders",
  versions: [0, 2],
  flexibleSince: 2,
  request: [
    field("electionType", "int8", { since: 1 }),
    list("topicPartitions", struct("TopicPartitions", [field("topic", "string"), field("partitions", "int32[]")]), {
      nullable: true,
    }),
    field("timeoutMs", "int32", { default: 60000 }),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    field("errorCode", "int16", { since: 1 }),
    list(
      "replicaElectionResults",
      struct("ReplicaElectionResult", [
        field("topic", "string"),
        list(
          "partitionResult",
          struct("PartitionResult", [
            field("partitionId", "int32"),
            field("errorCode", "int16"),
            field("errorMessage", "string", { nullable: true }),
          ]),
        ),
      ]),
    ),
  ],
};
