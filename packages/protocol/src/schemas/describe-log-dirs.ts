import { type ApiSchema, field, list, struct } from "./schema.ts";

/** DescribeLogDirs tells sizes on disk. */
export const describeLogDirs: ApiSchema = {
  key: 35,
  name: "DescribeLogDirs",
  versions: [1, 5],
  flexibleSince: 2,
  request: [
    list("topics", struct("DescribableLogDirTopic", [field("topic", "string"), field("partitions", "int32[]")]), {
      nullable: true,
    }),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    field("errorCode", "int16", { since: 3 }),
    list(
      "results",
      struct("DescribeLogDirsResult", [
        field("errorCode", "int16"),
        field("logDir", "string"),
        list(
          "topics",
          struct("DescribeLogDirsTopic", [
            field("name", "string"),
            list(
              "partitions",
              struct("DescribeLogDirsPartition", [
                field("partitionIndex", "int32"),
                field("partitionSize", "int64"),
                field("offsetLag", "int64"),
                field("isFutureKey", "boolean"),
              ]),
            ),
          ]),
        ),
        field("totalBytes", "int64", { since: 4, default: -1 }),
        field("usableBytes", "int64", { since: 4, default: -1 }),
        field("isCordoned", "boolean", { since: 5 }),
      ]),
    ),
  ],
};
