import { type ApiSchema, field, list, struct } from "./schema.ts";

/** DeleteTopics deletes topics by name, from 6 also by id. */
export const deleteTopics: ApiSchema = {
  key: 20,
  name: "DeleteTopics",
  versions: [1, 6],
  flexibleSince: 4,
  request: [
    list(
      "topics",
      struct("DeleteTopicState", [
        field("name", "string", { nullable: true, default: null }),
        field("topicId", "uuid"),
      ]),
      { since: 6 },
    ),
    field("topicNames", "string[]", { until: 5 }),
    field("timeoutMs", "int32"),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    list(
      "responses",
      struct("DeletableTopicResult", [
        field("name", "string", { nullableSince: 6 }),
        field("topicId", "uuid", { since: 6 }),
        field("errorCode", "int16"),
        field("errorMessage", "string", { since: 5, nullable: true, default: null }),
      ]),
    ),
  ],
};
