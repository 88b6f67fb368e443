import { APIS, KAFKA_ERRORS } from "@kaelix/protocol";
import {
  type ApiVersionsRequest,
  type ApiVersionsResponse,
  decodeApiVersionsRequest,
  encodeApiVersionsResponse,
} from "@kaelix/protocol/messages";

import type { ServedApi } from "../api.ts";
import type { ApiTable } from "../api-table.ts";
import { FEATURES } from "./features.ts";

const SOFTWARE_NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/;

/**
 * Says which APIs there are, in the versions Apache Kafka says: some clients switch features off when one of them is missing.
 * @param table asked at every request, as it holds this API too
 */
export function apiVersionsApi(table: () => ApiTable): ServedApi<ApiVersionsRequest, ApiVersionsResponse> {
  return {
    key: APIS.ApiVersions.key,
    decodeRequest: decodeApiVersionsRequest,
    encodeResponse: encodeApiVersionsResponse,
    handle: ({ clientSoftwareName, clientSoftwareVersion }, { version }) => {
      const named = SOFTWARE_NAME.test(clientSoftwareName) && SOFTWARE_NAME.test(clientSoftwareVersion);
      if (version >= 3 && !named) return { errorCode: KAFKA_ERRORS.INVALID_REQUEST, apiKeys: [] };
      return {
        errorCode: KAFKA_ERRORS.NONE,
        apiKeys: table()
          .entries()
          .map(({ key, advertisedMin, versionMax }) => ({
            apiKey: key,
            minVersion: advertisedMin,
            maxVersion: versionMax,
          })),
        // Before version 4 a feature from level 0 on would be read wrongly by clients (KAFKA-17492).
        supportedFeatures: version >= 4 ? FEATURES : [],
        finalizedFeaturesEpoch: 1,
        finalizedFeatures: FEATURES.map(({ name, maxVersion }) => ({
          name,
          maxVersionLevel: maxVersion,
          minVersionLevel: maxVersion,
        })),
      };
    },
    failed: (_request, errorCode) => ({ errorCode, apiKeys: [] }),
  };
}
