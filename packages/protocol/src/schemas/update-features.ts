import { type ApiSchema, field, list, struct } from "./schema.ts";

/** UpdateFeatures changes the levels of the cluster's features. */
export const updateFeatures: ApiSchema = {
  key: 57,
  name: "UpdateFeatures",
  versions: [0, 2],
  flexibleSince: 0,
  request: [
    field("timeoutMs", "int32", { default: 60000 }),
    list(
      "featureUpdates",
      struct("FeatureUpdateKey", [
        field("feature", "string"),
        field("maxVersionLevel", "int16"),
        field("allowDowngrade", "boolean", { until: 0 }),
        field("upgradeType", "int8", { since: 1, default: 1 }),
      ]),
    ),
    field("validateOnly", "boolean", { since: 1 }),
  ],
  response: [
    field("throttleTimeMs", "int32"),
    field("errorCode", "int16"),
    field("errorMessage", "string", { nullable: true, default: null }),
    list(
      "results",
      struct("UpdatableFeatureResult", [
        field("feature", "string"),
        field("errorCode", "int16"),
        field("errorMessage", "string", { nullable: true, default: null }),
      ]),
      { until: 1 },
    ),
  ],
};
