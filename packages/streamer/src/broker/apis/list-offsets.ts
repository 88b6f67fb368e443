import { APIS, KAFKA_ERRORS } from "@kaelix/protocol";
import {
  decodeListOffsetsRequest,
  encodeListOffsetsResponse,
  type ListOffsetsPartition,
  type ListOffsetsPartitionResponse,
  type ListOffsetsRequest,
  type ListOffsetsResponse,
} from "@kaelix/protocol/messages";

import type { Isolation } from "../../leader/contract.ts";
import type { RequestContext, ServedApi } from "../api.ts";
import { clientError } from "../errors.ts";
import { type Ground, mayTopic } from "../ground.ts";
import { findByTime, findLargestTime, type TimedOffset } from "../offset-search.ts";

const LATEST = -1;
const EARLIEST = -2;
const MAX_TIMESTAMP = -3;
const EARLIEST_LOCAL = -4;
const LATEST_TIERED = -5;
const EARLIEST_PENDING_UPLOAD = -6;
/** First versions that know a sentinel; before, it is a time like any other negative one. */
const SENTINEL_SINCE: Readonly<Record<number, number>> = {
  [MAX_TIMESTAMP]: 7,
  [EARLIEST_LOCAL]: 8,
  [LATEST_TIERED]: 9,
  [EARLIEST_PENDING_UPLOAD]: 11,
};
const READ_COMMITTED = 1;
const LEADER_EPOCH = 0;
const NOT_FOUND: TimedOffset = { timestamp: -1, offset: -1 };

/** Serves ListOffsets: the offset at a time, or at an end of the log. */
export function listOffsetsApi(ground: Ground): ServedApi<ListOffsetsRequest, ListOffsetsResponse> {
  return {
    key: APIS.ListOffsets.key,
    decodeRequest: decodeListOffsetsRequest,
    encodeResponse: encodeListOffsetsResponse,
    handle: (request, context) => handle(ground, request, context),
    failed: (request, errorCode) => ({
      topics: request.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex }) => refused(partitionIndex, errorCode)),
      })),
    }),
  };
}

async function handle(
  ground: Ground,
  request: ListOffsetsRequest,
  context: RequestContext,
): Promise<ListOffsetsResponse> {
  const isolation = request.isolationLevel === READ_COMMITTED ? "read_committed" : "read_uncommitted";
  const topics: { name: string; partitions: ListOffsetsPartitionResponse[] }[] = [];
  for (const { name, partitions } of request.topics) {
    const answers: ListOffsetsPartitionResponse[] = [];
    const allowed = mayTopic(ground, context, "describe", name);
    for (const asked of partitions) {
      if (!allowed) answers.push(refused(asked.partitionIndex, KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED));
      else answers.push(await answer({ ground, name, asked, isolation, version: context.version }));
    }
    topics.push({ name, partitions: answers });
  }
  return { topics };
}

interface Asked {
  readonly ground: Ground;
  readonly name: string;
  readonly asked: ListOffsetsPartition;
  readonly isolation: Isolation;
  readonly version: number;
}

async function answer({ asked, ground, isolation, name, version }: Asked): Promise<ListOffsetsPartitionResponse> {
  const { currentLeaderEpoch, partitionIndex, timestamp } = asked;
  const topic = ground.topics.byName(name);
  const partition = topic?.partitions[partitionIndex];
  const leader = topic === undefined ? undefined : await ground.leaders.get(name, partitionIndex);
  if (leader === undefined || partition === undefined) {
    return refused(partitionIndex, KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION);
  }
  if (currentLeaderEpoch > LEADER_EPOCH) return refused(partitionIndex, KAFKA_ERRORS.UNKNOWN_LEADER_EPOCH);
  if (version < (SENTINEL_SINCE[timestamp] ?? 0)) return refused(partitionIndex, KAFKA_ERRORS.UNSUPPORTED_VERSION);
  const { endOffset, startOffset } = leader.bounds();
  const found = (offset: number, at = -1): ListOffsetsPartitionResponse => ({
    partitionIndex,
    errorCode: KAFKA_ERRORS.NONE,
    timestamp: at,
    offset,
    leaderEpoch: offset === -1 ? -1 : LEADER_EPOCH,
  });
  if (timestamp === LATEST) return found(isolation === "read_committed" ? leader.lastStableOffset() : endOffset);
  if (timestamp === EARLIEST || timestamp === EARLIEST_LOCAL) return found(startOffset);
  // Nothing is ever uploaded anywhere.
  if (timestamp === LATEST_TIERED || timestamp === EARLIEST_PENDING_UPLOAD) return found(-1);
  if (timestamp < MAX_TIMESTAMP) return refused(partitionIndex, KAFKA_ERRORS.INVALID_REQUEST);
  try {
    const source = { partition, leader, isolation };
    const result =
      (await (timestamp === MAX_TIMESTAMP ? findLargestTime(source) : findByTime(source, timestamp))) ?? NOT_FOUND;
    return found(result.offset, result.timestamp);
  } catch (error) {
    return refused(partitionIndex, clientError(error).code);
  }
}

function refused(partitionIndex: number, errorCode: number): ListOffsetsPartitionResponse {
  return { partitionIndex, errorCode, timestamp: -1, offset: -1, leaderEpoch: -1 };
}
