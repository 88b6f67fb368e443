import { type ApiSchema, field, list, struct } from "./schema.ts";

/** AlterReplicaLogDirs moves partitions between the directories of a broker. */
export const alterReplicaLogDirs: ApiSchema = {
  key: 34,
  name: "AlterReplicaLogDirs",
  versions: [1, 2],
  flexibleSince: 2,
  request: [
    list(
      "dirs",
      struct("AlterReplicaLogDir", [
        field("path", "string"),
        list("topics", struct("AlterReplicaLogDirTopic", [field("name", "string"), field("partitions", "int32[]")])),
      ]),
    ),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    list(
      "results",
      struct("AlterReplicaLogDirTopicResult", [
        field("topicName", "string"),
        list(
          "partitions",
          struct("AlterReplicaLogDirPartitionResult", [field("partitionIndex", "int32"), field("errorCode", "int16")]),
        ),
      ]),
    ),
  ],
};
