/** APIs about the cluster as a whole, answered truthfully for one node: nothing moves, and this broker leads everything. */
import { statfsSync } from "node:fs";

import { APIS, KAFKA_ERRORS } from "@kaelix/protocol";
import {
  type AlterPartitionReassignmentsRequest,
  type AlterPartitionReassignmentsResponse,
  decodeAlterPartitionReassignmentsRequest,
  decodeDescribeClusterRequest,
  decodeDescribeLogDirsRequest,
  decodeElectLeadersRequest,
  decodeListPartitionReassignmentsRequest,
  type DescribeClusterRequest,
  type DescribeClusterResponse,
  type DescribeLogDirsRequest,
  type DescribeLogDirsResponse,
  type ElectLeadersRequest,
  type ElectLeadersResponse,
  encodeAlterPartitionReassignmentsResponse,
  encodeDescribeClusterResponse,
  encodeDescribeLogDirsResponse,
  encodeElectLeadersResponse,
  encodeListPartitionReassignmentsResponse,
  type ListPartitionReassignmentsRequest,
  type ListPartitionReassignmentsResponse,
} from "@kaelix/protocol/messages";

import type { OpenTopic } from "../../storage/storage.ts";
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
    describeLogDirsApi(ground),
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

function describeLogDirsApi(ground: Ground): ServedApi<DescribeLogDirsRequest, DescribeLogDirsResponse> {
  return {
    key: APIS.DescribeLogDirs.key,
    decodeRequest: decodeDescribeLogDirsRequest,
    encodeResponse: encodeDescribeLogDirsResponse,
    handle: (request, context) => {
      if (!mayCluster(ground, context, "describe")) {
        return { errorCode: KAFKA_ERRORS.CLUSTER_AUTHORIZATION_FAILED, results: [] };
      }
      const failed = ground.storage.health() === "failed";
      return {
        errorCode: KAFKA_ERRORS.NONE,
        results: [
          {
            errorCode: failed ? KAFKA_ERRORS.KAFKA_STORAGE_ERROR : KAFKA_ERRORS.NONE,
            logDir: ground.storage.directory,
            topics: logDirTopics(ground, request),
            ...diskSpace(ground.storage.directory),
          },
        ],
      };
    },
    failed: (_request, errorCode) => ({ errorCode, results: [] }),
  };
}

function diskSpace(directory: string): { readonly totalBytes: number; readonly usableBytes: number } {
  try {
    const { bavail, blocks, bsize } = statfsSync(directory);
    return { totalBytes: blocks * bsize, usableBytes: bavail * bsize };
  } catch {
    return { totalBytes: -1, usableBytes: -1 };
  }
}

function logDirTopics(
  ground: Ground,
  { topics: asked }: DescribeLogDirsRequest,
): DescribeLogDirsResponse["results"][number]["topics"] {
  const describe = (topic: OpenTopic, wanted: ReadonlySet<number> | undefined) => ({
    name: topic.spec.name,
    partitions: topic.partitions.flatMap((partition, partitionIndex) => {
      if (wanted?.has(partitionIndex) === false) return [];
      return [{ partitionIndex, partitionSize: partition.sizeBytes(), offsetLag: 0, isFutureKey: false }];
    }),
  });
  if (asked === null) return ground.topics.all().map((topic) => describe(topic, undefined));
  return asked.flatMap(({ partitions, topic: name }) => {
    const topic = ground.topics.byName(name);
    return topic === undefined ? [] : [describe(topic, new Set(partitions))];
  });
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
