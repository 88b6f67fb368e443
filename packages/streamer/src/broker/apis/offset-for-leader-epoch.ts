import { APIS, KAFKA_ERRORS } from "@kaelix/protocol";
import {
  decodeOffsetForLeaderEpochRequest,
  encodeOffsetForLeaderEpochResponse,
  type OffsetForLeaderEpochRequest,
  type OffsetForLeaderEpochResponse,
} from "@kaelix/protocol/messages";

import type { ServedApi } from "../api.ts";
import { type Ground, mayTopic } from "../ground.ts";

type EpochAnswer = OffsetForLeaderEpochResponse["topics"][number]["partitions"][number];

const LEADER_EPOCH = 0;

/** Serves OffsetForLeaderEpoch. There is one epoch, 0, which ends at the high watermark. */
export function offsetForLeaderEpochApi(
  ground: Ground,
): ServedApi<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse> {
  return {
    key: APIS.OffsetForLeaderEpoch.key,
    decodeRequest: decodeOffsetForLeaderEpochRequest,
    encodeResponse: encodeOffsetForLeaderEpochResponse,
    handle: (request, context) => ({
      topics: request.topics.map(({ partitions, topic }) => {
        const allowed = mayTopic(ground, context, "describe", topic);
        const found = allowed ? ground.topics.byName(topic) : undefined;
        const answers = partitions.map(({ currentLeaderEpoch, leaderEpoch, partition }): EpochAnswer => {
          const bounds = found?.partitions[partition]?.bounds();
          if (!allowed) return { partition, errorCode: KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED };
          if (bounds === undefined) return { partition, errorCode: KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION };
          if (currentLeaderEpoch > LEADER_EPOCH) return { partition, errorCode: KAFKA_ERRORS.UNKNOWN_LEADER_EPOCH };
          if (leaderEpoch !== LEADER_EPOCH)
            return { partition, errorCode: KAFKA_ERRORS.NONE, leaderEpoch: -1, endOffset: -1 };
          return { partition, errorCode: KAFKA_ERRORS.NONE, leaderEpoch, endOffset: bounds.endOffset };
        });
        return { topic, partitions: answers };
      }),
    }),
    failed: (request, errorCode) => ({
      topics: request.topics.map(({ partitions, topic }) => ({
        topic,
        partitions: partitions.map(({ partition }) => ({ partition, errorCode })),
      })),
    }),
  };
}
