import { type ApiSchema, field, list, struct } from "./schema.ts";

/** ApiVersions tells what the broker speaks. Its response has header version 0 in every version. */
export const apiVersions: ApiSchema = {
  key: 18,
  name: "ApiVersions",
  versions: [0, 4],
  flexibleSince: 3,
  request: [
    field("clientSoftwareName", "string", { since: 3 }),
    field("clientSoftwareVersion", "string", { since: 3 }),
  ],
  response: [
    field("errorCode", "int16"),
    list(
      "apiKeys",
      struct("ApiVersion", [field("apiKey", "int16"), field("minVersion", "int16"), field("maxVersion", "int16")]),
    ),
    field("throttleTimeMs", "int32", { since: 1 }),
    list(
      "supportedFeatures",
      struct("SupportedFeatureKey", [
        field("name", "string"),
        field("minVersion", "int16"),
        field("maxVersion", "int16"),
      ]),
      { since: 3, tag: 0 },
    ),
    field("finalizedFeaturesEpoch", "int64", { since: 3, tag: 1, default: -1 }),
    list(
      "finalizedFeatures",
      struct("FinalizedFeatureKey", [
        field("name", "string"),
        field("maxVersionLevel", "int16"),
        field("minVersionLevel", "int16"),
      ]),
      { since: 3, tag: 2 },
    ),
    field("zkMigrationReady", "boolean", { since: 3, tag: 3 }),
  ],
};
