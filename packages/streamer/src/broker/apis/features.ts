import { APIS, KAFKA_ERRORS } from "@kaelix/protocol";
import {
  decodeUpdateFeaturesRequest,
  encodeUpdateFeaturesResponse,
  type UpdateFeaturesRequest,
  type UpdateFeaturesResponse,
} from "@kaelix/protocol/messages";

import type { ServedApi } from "../api.ts";
import { type Ground, mayCluster } from "../ground.ts";

/** Levels as Apache Kafka finalises them: transactions by KIP-890, consumer groups by KIP-848, share groups by KIP-932. What is in effect is the highest. */
export const FEATURES = [
  { name: "group.version", minVersion: 0, maxVersion: 1 },
  { name: "share.version", minVersion: 0, maxVersion: 1 },
  { name: "transaction.version", minVersion: 0, maxVersion: 2 },
] as const;

/** First version whose answer says one error for everything. */
const ONE_ERROR_SINCE = 2;

/** Serves UpdateFeatures: features are at the level they are built for. Asking for that level is right, for any other is refused. */
export function updateFeaturesApi(ground: Ground): ServedApi<UpdateFeaturesRequest, UpdateFeaturesResponse> {
  return {
    key: APIS.UpdateFeatures.key,
    decodeRequest: decodeUpdateFeaturesRequest,
    encodeResponse: encodeUpdateFeaturesResponse,
    handle: ({ featureUpdates }, context) => {
      if (!mayCluster(ground, context, "alter")) {
        const errorMessage = "Cluster may not be asked to alter";
        return { errorCode: KAFKA_ERRORS.CLUSTER_AUTHORIZATION_FAILED, errorMessage, results: [] };
      }
      // All or nothing, as no feature can be changed without the others.
      const problem = featureUpdates.map((update) => levelProblem(update)).find((one) => one !== undefined);
      const errorCode = problem === undefined ? KAFKA_ERRORS.NONE : KAFKA_ERRORS.INVALID_UPDATE_VERSION;
      const errorMessage = problem ?? null;
      if (context.version >= ONE_ERROR_SINCE) return { errorCode, errorMessage, results: [] };
      const results = featureUpdates.map(({ feature }) => ({ feature, errorCode, errorMessage }));
      return { errorCode: KAFKA_ERRORS.NONE, results };
    },
    failed: (_request, errorCode, errorMessage) => ({ errorCode, errorMessage, results: [] }),
  };
}

function levelProblem({
  feature,
  maxVersionLevel,
}: UpdateFeaturesRequest["featureUpdates"][number]): string | undefined {
  const known = FEATURES.find(({ name }) => name === feature);
  const level = `${feature.slice(0, 100)} is asked to be ${maxVersionLevel}`;
  if (known === undefined) return `${level}, must be one of ${FEATURES.map(({ name }) => name).join(", ")}`;
  return maxVersionLevel === known.maxVersion ? undefined : `${level}, must be ${known.maxVersion}`;
}
