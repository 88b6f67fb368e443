import { type ApiSchema, field, list, struct } from "./schema.ts";

/** CreateTopics creates topics, or only checks them. */
export const createTopics: ApiSchema = {
  key: 19,
  name: "CreateTopics",
  versions: [2, 7],
  flexibleSince: 5,
  request: [
    list(
      "topics",
      struct("CreatableTopic", [
        field("name", "string"),
        field("numPartitions", "int32"),
        field("replicationFactor", "int16"),
        list(
          "assignments",
          struct("CreatableReplicaAssignment", [field("partitionIndex", "int32"), field("brokerIds", "int32[]")]),
        ),
        list(
          "configs",
          struct("CreatableTopicConfig", [field("name", "string"), field("value", "string", { nullable: true })]),
        ),
      ]),
    ),
    field("timeoutMs", "int32", { default: 60000 }),
    field("validateOnly", "boolean"),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    list(
      "topics",
      struct("CreatableTopicResult", [
        field("name", "string"),
        field("topicId", "uuid", { since: 7 }),
        field("errorCode", "int16"),
        field("errorMessage", "string", { nullable: true }),
        field("topicConfigErrorCode", "int16", { since: 5, tag: 0 }),
        field("numPartitions", "int32", { since: 5, default: -1 }),
        field("replicationFactor", "int16", { since: 5, default: -1 }),
        list(
          "configs",
          struct("CreatableTopicConfigs", [
            field("name", "string"),
            field("value", "string", { nullable: true }),
            field("readOnly", "boolean"),
            field("configSource", "int8", { default: -1 }),
            field("isSensitive", "boolean"),
          ]),
          { since: 5, nullable: true },
        ),
      ]),
    ),
  ],
};
