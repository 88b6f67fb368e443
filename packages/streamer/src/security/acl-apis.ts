/** DescribeAcls, CreateAcls and DeleteAcls. */
import { APIS, KAFKA_ERRORS } from "@kaelix/protocol";
import {
  type CreateAclsRequest,
  type CreateAclsResponse,
  decodeCreateAclsRequest,
  decodeDeleteAclsRequest,
  decodeDescribeAclsRequest,
  type DeleteAclsRequest,
  type DeleteAclsResponse,
  type DescribeAclsRequest,
  type DescribeAclsResource,
  type DescribeAclsResponse,
  encodeCreateAclsResponse,
  encodeDeleteAclsResponse,
  encodeDescribeAclsResponse,
} from "@kaelix/protocol/messages";

import type { ServedApi } from "../broker/api.ts";
import type { AnyServedApi } from "../broker/api-table.ts";
import { clientError } from "../broker/errors.ts";
import { type Ground, mayCluster } from "../broker/ground.ts";
import { encodeBinding, matchesFilter, parseBinding } from "./acl-codes.ts";
import type { AclBinding, AclStore } from "./acls.ts";

const REFUSED = KAFKA_ERRORS.CLUSTER_AUTHORIZATION_FAILED;
const REFUSED_TEXT = "Access control lists may not be seen or changed by this user";
const BINDINGS_MAX = 10_000;

/** Serves the access control lists. */
export function aclApis(ground: Ground, acls: AclStore): readonly AnyServedApi[] {
  return [describeAclsApi(ground, acls), createAclsApi(ground, acls), deleteAclsApi(ground, acls)];
}

function describeAclsApi(ground: Ground, acls: AclStore): ServedApi<DescribeAclsRequest, DescribeAclsResponse> {
  return {
    key: APIS.DescribeAcls.key,
    decodeRequest: decodeDescribeAclsRequest,
    encodeResponse: encodeDescribeAclsResponse,
    handle: (request, context) => {
      if (!mayCluster(ground, context, "describe")) {
        return { errorCode: REFUSED, errorMessage: REFUSED_TEXT, resources: [] };
      }
      const found = acls.bindings().filter((binding) => matchesFilter(binding, request));
      return { errorCode: KAFKA_ERRORS.NONE, errorMessage: null, resources: resourcesOf(found) };
    },
    failed: (_request, errorCode, errorMessage) => ({ errorCode, errorMessage, resources: [] }),
  };
}

/** One entry per pattern, with its bindings. */
function resourcesOf(bindings: readonly AclBinding[]): readonly DescribeAclsResource[] {
  const resources = new Map<string, DescribeAclsResource>();
  for (const binding of bindings) {
    const { resourceName, resourceType, patternType, ...acl } = encodeBinding(binding);
    const key = `${resourceType}/${patternType}/${resourceName}`;
    const acls = resources.get(key)?.acls ?? [];
    resources.set(key, { resourceType, resourceName, patternType, acls: [...acls, acl] });
  }
  return [...resources.values()];
}

function createAclsApi(ground: Ground, acls: AclStore): ServedApi<CreateAclsRequest, CreateAclsResponse> {
  return {
    key: APIS.CreateAcls.key,
    decodeRequest: decodeCreateAclsRequest,
    encodeResponse: encodeCreateAclsResponse,
    handle: async ({ creations }, context) => {
      if (!mayCluster(ground, context, "alter")) {
        return { results: creations.map(() => ({ errorCode: REFUSED, errorMessage: REFUSED_TEXT })) };
      }
      const results: { errorCode: number; errorMessage: string | null }[] = [];
      for (const creation of creations) {
        const binding = parseBinding({ ...creation, patternType: creation.resourcePatternType });
        if (typeof binding === "string") {
          results.push({ errorCode: KAFKA_ERRORS.INVALID_REQUEST, errorMessage: binding });
        } else if (acls.bindings().length >= BINDINGS_MAX) {
          results.push({ errorCode: KAFKA_ERRORS.POLICY_VIOLATION, errorMessage: `At most ${BINDINGS_MAX} are kept` });
        } else {
          await acls.add(binding);
          results.push({ errorCode: KAFKA_ERRORS.NONE, errorMessage: null });
        }
      }
      return { results };
    },
    failed: ({ creations }, errorCode, errorMessage) => ({
      results: creations.map(() => ({ errorCode, errorMessage })),
    }),
  };
}

function deleteAclsApi(ground: Ground, acls: AclStore): ServedApi<DeleteAclsRequest, DeleteAclsResponse> {
  return {
    key: APIS.DeleteAcls.key,
    decodeRequest: decodeDeleteAclsRequest,
    encodeResponse: encodeDeleteAclsResponse,
    handle: async ({ filters }, context) => {
      if (!mayCluster(ground, context, "alter")) return refusedDeletion(filters.length, REFUSED, REFUSED_TEXT);
      const filterResults: DeleteAclsResponse["filterResults"][number][] = [];
      for (const filter of filters) {
        const matchingAcls: DeleteAclsResponse["filterResults"][number]["matchingAcls"][number][] = [];
        for (const binding of acls.bindings().filter((candidate) => matchesFilter(candidate, filter))) {
          try {
            await acls.remove(binding);
            matchingAcls.push({ errorCode: KAFKA_ERRORS.NONE, errorMessage: null, ...encodeBinding(binding) });
          } catch (error) {
            const { code, message } = clientError(error);
            matchingAcls.push({ errorCode: code, errorMessage: message, ...encodeBinding(binding) });
          }
        }
        filterResults.push({ errorCode: KAFKA_ERRORS.NONE, errorMessage: null, matchingAcls });
      }
      return { filterResults };
    },
    failed: ({ filters }, errorCode, errorMessage) => refusedDeletion(filters.length, errorCode, errorMessage),
  };
}

function refusedDeletion(filters: number, errorCode: number, errorMessage: string): DeleteAclsResponse {
  return { filterResults: Array.from({ length: filters }, () => ({ errorCode, errorMessage, matchingAcls: [] })) };
}
