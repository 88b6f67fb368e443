/** APIs about the one directory that everything is kept in. */
import { statfsSync } from "node:fs";

import { APIS, KAFKA_ERRORS } from "@kaelix/protocol";
import {
  type AlterReplicaLogDirsRequest,
  type AlterReplicaLogDirsResponse,
  decodeAlterReplicaLogDirsRequest,
  decodeDescribeLogDirsRequest,
  type DescribeLogDirsRequest,
  type DescribeLogDirsResponse,
  encodeAlterReplicaLogDirsResponse,
  encodeDescribeLogDirsResponse,
} from "@kaelix/protocol/messages";

import type { OpenTopic } from "../../storage/storage.ts";
import type { ServedApi } from "../api.ts";
import { type Ground, mayCluster } from "../ground.ts";

/** Serves DescribeLogDirs: how much of the disk each partition has. */
export function describeLogDirsApi(ground: Ground): ServedApi<DescribeLogDirsRequest, DescribeLogDirsResponse> {
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

/** Serves AlterReplicaLogDirs: a partition that is to be where it is already is moved at once, and there is nowhere else. */
export function alterReplicaLogDirsApi(
  ground: Ground,
): ServedApi<AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse> {
  const answer = (
    { dirs }: AlterReplicaLogDirsRequest,
    errorOf: (path: string, name: string, index: number) => number,
  ): AlterReplicaLogDirsResponse => ({
    results: dirs.flatMap(({ path, topics }) =>
      topics.map(({ name, partitions }) => ({
        topicName: name,
        partitions: partitions.map((partitionIndex) => ({
          partitionIndex,
          errorCode: errorOf(path, name, partitionIndex),
        })),
      })),
    ),
  });
  return {
    key: APIS.AlterReplicaLogDirs.key,
    decodeRequest: decodeAlterReplicaLogDirsRequest,
    encodeResponse: encodeAlterReplicaLogDirsResponse,
    handle: (request, context) => {
      const isAllowed = mayCluster(ground, context, "alter");
      return answer(request, (path, name, index) => {
        if (!isAllowed) return KAFKA_ERRORS.CLUSTER_AUTHORIZATION_FAILED;
        const exists = ground.topics.byName(name)?.partitions[index] !== undefined;
        if (!exists) return KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION;
        return path === ground.storage.directory ? KAFKA_ERRORS.NONE : KAFKA_ERRORS.LOG_DIR_NOT_FOUND;
      });
    },
    failed: (request, errorCode) => answer(request, () => errorCode),
  };
}
