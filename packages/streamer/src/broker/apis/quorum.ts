import { APIS, KAFKA_ERRORS } from "@kaelix/protocol";
import {
  decodeDescribeQuorumRequest,
  type DescribeQuorumRequest,
  type DescribeQuorumResponse,
  encodeDescribeQuorumResponse,
} from "@kaelix/protocol/messages";

import type { ServedApi } from "../api.ts";
import { CLUSTER_TOPIC } from "../cluster-store.ts";
import { type Ground, mayCluster, NODE_ID } from "../ground.ts";

/** What Apache Kafka calls the log of the cluster's metadata; ours is under another name, and is one partition as well. */
const METADATA_TOPIC = "__cluster_metadata";
const METADATA_PARTITION = 0;

type Partition = DescribeQuorumResponse["topics"][number]["partitions"][number];

/** Serves DescribeQuorum: this node leads, votes alone, and is as far as it is itself. */
export function describeQuorumApi(ground: Ground): ServedApi<DescribeQuorumRequest, DescribeQuorumResponse> {
  return {
    key: APIS.DescribeQuorum.key,
    decodeRequest: decodeDescribeQuorumRequest,
    encodeResponse: encodeDescribeQuorumResponse,
    handle: ({ topics }, context) => {
      if (!mayCluster(ground, context, "describe")) {
        const errorMessage = "Cluster may not be asked to describe";
        return { errorCode: KAFKA_ERRORS.CLUSTER_AUTHORIZATION_FAILED, errorMessage, topics: [], nodes: [] };
      }
      const { host, port } = ground.endpoint(context.listener);
      return {
        errorCode: KAFKA_ERRORS.NONE,
        topics: topics.map(({ partitions, topicName }) => ({
          topicName,
          partitions: partitions.map(({ partitionIndex }) => {
            const isMetadata = topicName === METADATA_TOPIC && partitionIndex === METADATA_PARTITION;
            return isMetadata ? metadataQuorum(ground) : noQuorum(partitionIndex);
          }),
        })),
        nodes: [{ nodeId: NODE_ID, listeners: [{ name: context.listener, host, port }] }],
      };
    },
    failed: (_request, errorCode, errorMessage) => ({ errorCode, errorMessage, topics: [], nodes: [] }),
  };
}

function metadataQuorum({ clock, storage }: Ground): Partition {
  const endOffset = storage.topics().get(CLUSTER_TOPIC)?.partitions[0]?.bounds().endOffset ?? 0;
  const nowMs = clock.nowMs();
  return {
    partitionIndex: METADATA_PARTITION,
    errorCode: KAFKA_ERRORS.NONE,
    leaderId: NODE_ID,
    leaderEpoch: 0,
    highWatermark: endOffset,
    currentVoters: [
      { replicaId: NODE_ID, logEndOffset: endOffset, lastFetchTimestamp: nowMs, lastCaughtUpTimestamp: nowMs },
    ],
    observers: [],
  };
}

function noQuorum(partitionIndex: number): Partition {
  return {
    partitionIndex,
    errorCode: KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION,
    errorMessage: `Only partition ${METADATA_PARTITION} of ${METADATA_TOPIC} has a quorum`,
    leaderId: -1,
    leaderEpoch: -1,
    highWatermark: -1,
    currentVoters: [],
    observers: [],
  };
}
