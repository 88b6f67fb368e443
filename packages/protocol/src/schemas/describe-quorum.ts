import { type ApiSchema, field, list, struct } from "./schema.ts";

const replica = struct("QuorumReplica", [
  field("replicaId", "int32"),
  field("replicaDirectoryId", "uuid", { since: 2 }),
  field("logEndOffset", "int64"),
  field("lastFetchTimestamp", "int64", { since: 1, default: -1 }),
  field("lastCaughtUpTimestamp", "int64", { since: 1, default: -1 }),
]);

/** DescribeQuorum describes who keeps the cluster's metadata. */
export const describeQuorum: ApiSchema = {
  key: 55,
  name: "DescribeQuorum",
  versions: [0, 2],
  flexibleSince: 0,
  request: [
    list(
      "topics",
      struct("QuorumTopic", [
        field("topicName", "string"),
        list("partitions", struct("QuorumPartition", [field("partitionIndex", "int32")])),
      ]),
    ),
  ],
  response: [
    field("errorCode", "int16"),
    field("errorMessage", "string", { since: 2, nullable: true, default: null }),
    list(
      "topics",
      struct("DescribedQuorumTopic", [
        field("topicName", "string"),
        list(
          "partitions",
          struct("DescribedQuorumPartition", [
            field("partitionIndex", "int32"),
            field("errorCode", "int16"),
            field("errorMessage", "string", { since: 2, nullable: true, default: null }),
            field("leaderId", "int32"),
            field("leaderEpoch", "int32"),
            field("highWatermark", "int64"),
            list("currentVoters", replica),
            list("observers", replica),
          ]),
        ),
      ]),
    ),
    list(
      "nodes",
      struct("QuorumNode", [
        field("nodeId", "int32"),
        list(
          "listeners",
          struct("QuorumListener", [field("name", "string"), field("host", "string"), field("port", "uint16")]),
        ),
      ]),
      { since: 2 },
    ),
  ],
};
