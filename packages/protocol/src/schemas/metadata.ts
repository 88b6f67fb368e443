import { type ApiSchema, field, list, struct } from "./schema.ts";

/** Metadata says which brokers, topics and partitions there are. Topic ids from 10. */
export const metadata: ApiSchema = {
  key: 3,
  name: "Metadata",
  versions: [0, 13],
  flexibleSince: 9,
  request: [
    list(
      "topics",
      struct("MetadataRequestTopic", [
        field("topicId", "uuid", { since: 10 }),
        field("name", "string", { nullableSince: 10 }),
      ]),
      { nullableSince: 1 },
    ),
    field("allowAutoTopicCreation", "boolean", { since: 4, default: true }),
    field("includeClusterAuthorizedOperations", "boolean", { since: 8, until: 10 }),
    field("includeTopicAuthorizedOperations", "boolean", { since: 8 }),
  ],
  response: [
    field("throttleTimeMs", "int32", { since: 3 }),
    list(
      "brokers",
      struct("MetadataResponseBroker", [
        field("nodeId", "int32"),
        field("host", "string"),
        field("port", "int32"),
        field("rack", "string", { since: 1, nullable: true, default: null }),
      ]),
    ),
    field("clusterId", "string", { since: 2, nullable: true, default: null }),
    field("controllerId", "int32", { since: 1, default: -1 }),
    list(
      "topics",
      struct("MetadataResponseTopic", [
        field("errorCode", "int16"),
        field("name", "string", { nullableSince: 12 }),
        field("topicId", "uuid", { since: 10 }),
        field("isInternal", "boolean", { since: 1 }),
        list(
          "partitions",
          struct("MetadataResponsePartition", [
            field("errorCode", "int16"),
            field("partitionIndex", "int32"),
            field("leaderId", "int32"),
            field("leaderEpoch", "int32", { since: 7, default: -1 }),
            field("replicaNodes", "int32[]"),
            field("isrNodes", "int32[]"),
            field("offlineReplicas", "int32[]", { since: 5 }),
          ]),
        ),
        field("topicAuthorizedOperations", "int32", { since: 8, default: -2147483648 }),
      ]),
    ),
    field("clusterAuthorizedOperations", "int32", { since: 8, until: 10, default: -2147483648 }),
    field("errorCode", "int16", { since: 13 }),
  ],
};
