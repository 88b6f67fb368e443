/** APIs about the cluster as a whole, answered truthfully for one node: nothing moves, and this broker leads everything. */
import { APIS, KAFKA_ERRORS } from "@kaelix/protocol";
import {
  type AlterPartitionReassignmentsRequest,
  type AlterPartitionReassignmentsResponse,
  decodeAlterPartitionReassignmentsRequest,
  decodeDescribeClusterRequest,
  decodeElectLeadersRequest,
  decodeListPartitionReassignmentsRequest,
  type DescribeClusterRequest,
  type DescribeClusterResponse,
  type ElectLeadersRequest,
  type ElectLeadersResponse,
  encodeAlterPartitionReassignmentsResponse,
  encodeDescribeClusterResponse,
  encodeElectLeadersResponse,
  encodeListPartitionReassignmentsResponse,
  type ListPartitionReassignmentsRequest,
  type ListPartitionReassignmentsResponse,
} from "@kaelix/protocol/messages";

import type { AnyServedApi } from "../api-table.ts";
import type { RequestContext, ServedApi } from "../api.ts";
import { clusterOperations, type Ground, mayCluster, NODE_ID } from "../ground.ts";

const OPERATIONS_UNKNOWN = -(2 ** 31);
const BROKER_ENDPOINTS = 1;
const UNSUPPORTED_ENDPOINT_TYPE = 115;
const ELECTION_NOT_NEEDED = 84;
const NO_REASSIGNMENT_IN_PROGRESS = 85;

/** The APIs about the cluster. */
export function clusterApis(ground: Ground): AnyServedApi[] {
  return [
    describeClusterApi(ground),
    listReassignmentsApi(ground),
    alterReassignmentsApi(ground),
    electLeadersApi(ground),
  ];
}

function describeClusterApi(ground: Ground): ServedApi<DescribeClusterRequest, DescribeClusterResponse> {
  return {
    key: APIS.DescribeCluster.key,
    decodeRequest: decodeDescribeClusterRequest,
    encodeResponse: encodeDescribeClusterResponse,
    handle: ({ endpointType, includeClusterAuthorizedOperations }, context) => {
      const { clusterId } = ground;
      if (endpointType !== BROKER_ENDPOINTS) {
        const errorMessage = "Controllers have no endpoint of their own";
        return { errorCode: UNSUPPORTED_ENDPOINT_TYPE, errorMessage, endpointType, clusterId, brokers: [] };
      }
      const { host, port } = ground.endpoint(context.listener);
      return {
        errorCode: KAFKA_ERRORS.NONE,
        errorMessage: null,
        endpointType,
        clusterId,
        controllerId: NODE_ID,
        brokers: [{ brokerId: NODE_ID, host, port, rack: null, isFenced: false }],
        clusterAuthorizedOperations: includeClusterAuthorizedOperations
          ? clusterOperations(ground, context)
          : OPERATIONS_UNKNOWN,
      };
    },
    failed: (_request, errorCode, errorMessage) => ({
      errorCode,
      errorMessage,
      clusterId: ground.clusterId,
      brokers: [],
    }),
  };
}

function listReassignmentsApi(
  ground: Ground,
): ServedApi<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse> {
  return {
    key: APIS.ListPartitionReassignments.key,
    decodeRequest: decodeListPartitionReassignmentsRequest,
    encodeResponse: encodeListPartitionReassignmentsResponse,
    handle: (_request, context) => ({ ...clusterVerdict(ground, context, "describe"), topics: [] }),
    failed: (_request, errorCode, errorMessage) => ({ errorCode, errorMessage, topics: [] }),
  };
}

function clusterVerdict(
  ground: Ground,
  context: RequestContext,
  operation: "describe" | "alter",
): { readonly errorCode: number; readonly errorMessage: string | null } {
  if (mayCluster(ground, context, operation)) return { errorCode: KAFKA_ERRORS.NONE, errorMessage: null };
  const errorMessage = `Cluster may not be asked to ${operation}`;
  return { errorCode: KAFKA_ERRORS.CLUSTER_AUTHORIZATION_FAILED, errorMessage };
}

function alterReassignmentsApi(
  ground: Ground,
): ServedApi<AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse> {
  return {
    key: APIS.AlterPartitionReassignments.key,
    decodeRequest: decodeAlterPartitionReassignmentsRequest,
    encodeResponse: encodeAlterPartitionReassignmentsResponse,
    handle: (request, context) => {
      const verdict = clusterVerdict(ground, context, "alter");
      if (verdict.errorCode !== KAFKA_ERRORS.NONE) return { ...verdict, responses: [] };
      return {
        ...verdict,
        responses: request.topics.map(({ name, partitions }) => ({
          name,
          partitions: partitions.map(({ partitionIndex, replicas }) => {
            const exists = ground.topics.byName(name)?.partitions[partitionIndex] !== undefined;
            return { partitionIndex, ...reassignment(exists, replicas) };
          }),
        })),
      };
    },
    failed: (_request, errorCode, errorMessage) => ({ errorCode, errorMessage, responses: [] }),
  };
}

function reassignment(
  exists: boolean,
  replicas: readonly number[] | null,
): { readonly errorCode: number; readonly errorMessage: string | null } {
  if (!exists) {
    return { errorCode: KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION, errorMessage: "There is no such partition" };
  }
  if (replicas === null) return { errorCode: NO_REASSIGNMENT_IN_PROGRESS, errorMessage: "Nothing is being moved" };
  // Moving to where it is already is done at once.
  if (replicas.length === 1 && replicas[0] === NODE_ID) return { errorCode: KAFKA_ERRORS.NONE, errorMessage: null };
  const errorMessage = `Replicas must be broker ${NODE_ID} alone`;
  return { errorCode: KAFKA_ERRORS.INVALID_REPLICA_ASSIGNMENT, errorMessage };
}

function electLeadersApi(ground: Ground): ServedApi<ElectLeadersRequest, ElectLeadersResponse> {
  return {
    key: APIS.ElectLeaders.key,
    decodeRequest: decodeElectLeadersRequest,
    encodeResponse: encodeElectLeadersResponse,
    handle: ({ topicPartitions }, context) => {
      const { errorCode } = clusterVerdict(ground, context, "alter");
      // Without a list only partitions whose leader changes are told of: none.
      if (errorCode !== KAFKA_ERRORS.NONE || topicPartitions === null) return { errorCode, replicaElectionResults: [] };
      return {
        errorCode,
        replicaElectionResults: topicPartitions.map(({ partitions, topic }) => ({
          topic,
          partitionResult: partitions.map((partitionId) => {
            const exists = ground.topics.byName(topic)?.partitions[partitionId] !== undefined;
            return exists
              ? { partitionId, errorCode: ELECTION_NOT_NEEDED, errorMessage: "The only replica leads already" }
              : {
                  partitionId,
                  errorCode: KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION,
                  errorMessage: "There is no such partition",
                };
          }),
        })),
      };
    },
    failed: (_request, errorCode) => ({ errorCode, replicaElectionResults: [] }),
  };
}
