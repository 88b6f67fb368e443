import { type ApiSchema, field, list, struct } from "./schema.ts";

/** DeleteShareGroupOffsets makes an empty share group forget topics. */
export const deleteShareGroupOffsets: ApiSchema = {
  key: 92,
  name: "DeleteShareGroupOffsets",
  versions: [0, 0],
  flexibleSince: 0,
  request: [
    field("groupId", "string"),
    list("topics", struct("DeleteShareGroupOffsetsRequestTopic", [field("topicName", "string")])),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    field("errorCode", "int16"),
    field("errorMessage", "string", { nullable: true, default: null }),
    list(
      "responses",
      struct("DeleteShareGroupOffsetsResponseTopic", [
        field("topicName", "string"),
        field("topicId", "uuid"),
        field("errorCode", "int16"),
        field("errorMessage", "string", { nullable: true, default: null }),
      ]),
    ),
  ],
};
