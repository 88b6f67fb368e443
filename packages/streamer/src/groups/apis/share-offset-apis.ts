/** DescribeShareGroupOffsets, AlterShareGroupOffsets and DeleteShareGroupOffsets (KIP-932, KIP-1226). */
import { APIS, KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";
import {
  type AlterShareGroupOffsetsRequest,
  type AlterShareGroupOffsetsResponse,
  decodeAlterShareGroupOffsetsRequest,
  decodeDeleteShareGroupOffsetsRequest,
  decodeDescribeShareGroupOffsetsRequest,
  type DeleteShareGroupOffsetsRequest,
  type DeleteShareGroupOffsetsResponse,
  type DescribeShareGroupOffsetsRequest,
  type DescribeShareGroupOffsetsRequestGroup,
  type DescribeShareGroupOffsetsResponse,
  type DescribeShareGroupOffsetsResponseGroup,
  type DescribeShareGroupOffsetsResponsePartition,
  encodeAlterShareGroupOffsetsResponse,
  encodeDeleteShareGroupOffsetsResponse,
  encodeDescribeShareGroupOffsetsResponse,
} from "@kaelix/protocol/messages";

import type { RequestContext, ServedApi } from "../../broker/api.ts";
import { codeOf } from "../../broker/errors.ts";
import { isVacant } from "../group-entry.ts";
import type { Groups } from "../groups.ts";
import type { TopicFacts } from "../topics-image.ts";
import { mayTopic, openFor, type Refusal, shareGroupOf, toldTopicId } from "./access.ts";

const NOT_BEGUN = -1;

export function describeShareOffsetsApi(
  groups: Groups,
): ServedApi<DescribeShareGroupOffsetsRequest, DescribeShareGroupOffsetsResponse> {
  return {
    key: APIS.DescribeShareGroupOffsets.key,
    decodeRequest: decodeDescribeShareGroupOffsetsRequest,
    encodeResponse: encodeDescribeShareGroupOffsetsResponse,
    handle: async (request, context) => ({
      groups: await Promise.all(request.groups.map((group) => describe(groups, group, context))),
    }),
    failed: (request, errorCode, errorMessage) => ({
      groups: request.groups.map(({ groupId }) => ({ groupId, topics: [], errorCode, errorMessage })),
    }),
  };
}

async function describe(
  groups: Groups,
  { groupId, topics }: DescribeShareGroupOffsetsRequestGroup,
  context: RequestContext,
): Promise<DescribeShareGroupOffsetsResponseGroup> {
  const opened = openFor(groups, context, { id: groupId, operation: "describe" });
  if (typeof opened === "number") return { groupId, topics: [], errorCode: opened };
  const entry = shareGroupOf(groups, groupId);
  if (typeof entry === "string") {
    return { groupId, topics: [], errorCode: KAFKA_ERRORS.GROUP_ID_NOT_FOUND, errorMessage: entry };
  }
  const { byId, byName } = groups.topics.image();
  // Asked for no topic by name, those are told that may be known.
  const wanted =
    topics ??
    [...partitionsOf(groups, groupId)].flatMap(([topicId, partitions]) => {
      const topicName = byId.get(topicId)?.name;
      const isShown = topicName !== undefined && mayTopic(groups, context, "describe", topicName);
      return isShown ? [{ topicName, partitions }] : [];
    });
  const described = wanted.map(async ({ partitions, topicName }) => {
    const topic = byName.get(topicName);
    const isHidden = !mayTopic(groups, context, "describe", topicName);
    return {
      topicName,
      topicId: toldTopicId(groups, topicName, !isHidden),
      partitions: await Promise.all(
        partitions.map(async (partition) =>
          isHidden
            ? undescribed(partition, KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED)
            : describePartition(groups, { groupId, topic, partition }),
        ),
      ),
    };
  });
  return { groupId, topics: await Promise.all(described), errorCode: KAFKA_ERRORS.NONE };
}

function partitionsOf(groups: Groups, groupId: string): ReadonlyMap<string, readonly number[]> {
  const entries = [...groups.shares.entries(groupId)].map(({ place }) => place);
  const byTopic = Map.groupBy(entries, ({ topicId }) => topicId);
  return new Map(
    [...byTopic].map(([topicId, rows]) => [topicId, rows.map(({ partition }) => partition).sort((a, b) => a - b)]),
  );
}

function undescribed(partitionIndex: number, errorCode: KafkaErrorCode): DescribeShareGroupOffsetsResponsePartition {
  return { partitionIndex, startOffset: NOT_BEGUN, leaderEpoch: 0, lag: NOT_BEGUN, errorCode };
}

async function describePartition(
  groups: Groups,
  {
    groupId,
    partition,
    topic,
  }: { readonly groupId: string; readonly topic: TopicFacts | undefined; readonly partition: number },
): Promise<DescribeShareGroupOffsetsResponsePartition> {
  const source = topic === undefined ? undefined : await groups.shares.source({ topicId: topic.id, partition });
  if (topic === undefined || source === undefined) {
    return undescribed(partition, KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION);
  }
  const entry = groups.shares.get({ groupId, topicId: topic.id, partition });
  if (entry === undefined) return undescribed(partition, KAFKA_ERRORS.NONE);
  // What is told has happened for good.
  await entry.written.catch(() => undefined);
  entry.follow(source);
  const { completeCount, startOffset } = entry.partition;
  const lag = Math.max(0, source.leader.bounds().endOffset - startOffset - completeCount);
  return { partitionIndex: partition, startOffset, leaderEpoch: 0, lag, errorCode: KAFKA_ERRORS.NONE };
}

/** Why offsets of a share group cannot be set or deleted; undefined when they can. Set they are for a group that does not exist yet, too. */
function changeRefusal(
  groups: Groups,
  context: RequestContext,
  id: string,
  operation: "read" | "delete",
): Refusal | undefined {
  const opened = openFor(groups, context, { id, operation });
  if (typeof opened === "number") return { errorCode: opened, errorMessage: null };
  if (operation === "read" && !groups.exists(id)) return undefined;
  const entry = shareGroupOf(groups, id);
  if (typeof entry === "string") return { errorCode: KAFKA_ERRORS.GROUP_ID_NOT_FOUND, errorMessage: entry };
  if (isVacant(entry)) return undefined;
  return { errorCode: KAFKA_ERRORS.NON_EMPTY_GROUP, errorMessage: `Group ${id} has members` };
}

export function alterShareOffsetsApi(
  groups: Groups,
): ServedApi<AlterShareGroupOffsetsRequest, AlterShareGroupOffsetsResponse> {
  return {
    key: APIS.AlterShareGroupOffsets.key,
    decodeRequest: decodeAlterShareGroupOffsetsRequest,
    encodeResponse: encodeAlterShareGroupOffsetsResponse,
    handle: async ({ groupId, topics }, context) => {
      const refused = changeRefusal(groups, context, groupId, "read");
      if (refused !== undefined) return { ...refused, responses: [] };
      const responses = topics.map(async ({ partitions, topicName }) => {
        const topic = groups.topics.image().byName.get(topicName);
        const isAllowed = mayTopic(groups, context, "read", topicName);
        return {
          topicName,
          topicId: toldTopicId(groups, topicName, isAllowed),
          partitions: await Promise.all(
            partitions.map(async ({ partitionIndex, startOffset }) => ({
              partitionIndex,
              errorCode: isAllowed
                ? await alter(groups, { groupId, topicId: topic?.id ?? "", partition: partitionIndex, startOffset })
                : KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED,
            })),
          ),
        };
      });
      return { errorCode: KAFKA_ERRORS.NONE, responses: await Promise.all(responses) };
    },
    failed: (_request, errorCode, errorMessage) => ({ errorCode, errorMessage, responses: [] }),
  };
}

async function alter(
  groups: Groups,
  place: {
    readonly groupId: string;
    readonly topicId: string;
    readonly partition: number;
    readonly startOffset: number;
  },
): Promise<KafkaErrorCode> {
  const source = await groups.shares.source(place);
  if (source === undefined) return KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION;
  if (place.startOffset < 0) return KAFKA_ERRORS.INVALID_REQUEST;
  const { endOffset, startOffset: first } = source.leader.bounds();
  const { groupId, partition, topicId } = place;
  const begin = Math.min(Math.max(place.startOffset, first), endOffset);
  const entry = groups.share(groupId, true);
  if (entry === undefined) {
    return groups.exists(groupId) ? KAFKA_ERRORS.GROUP_ID_NOT_FOUND : KAFKA_ERRORS.GROUP_MAX_SIZE_REACHED;
  }
  entry.group.begin();
  // The group first: an offset that is found without its group is forgotten.
  const put = groups.flushShare(entry).then(() => groups.shares.put({ groupId, topicId, partition }, begin, source));
  return codeOf(put);
}

export function deleteShareOffsetsApi(
  groups: Groups,
): ServedApi<DeleteShareGroupOffsetsRequest, DeleteShareGroupOffsetsResponse> {
  return {
    key: APIS.DeleteShareGroupOffsets.key,
    decodeRequest: decodeDeleteShareGroupOffsetsRequest,
    encodeResponse: encodeDeleteShareGroupOffsetsResponse,
    handle: async ({ groupId, topics }, context) => {
      const refused = changeRefusal(groups, context, groupId, "delete");
      if (refused !== undefined) return { ...refused, responses: [] };
      const responses = topics.map(async ({ topicName }) => {
        const isAllowed = mayTopic(groups, context, "read", topicName);
        const topicId = toldTopicId(groups, topicName, isAllowed);
        if (!isAllowed) {
          return { topicName, topicId, errorCode: KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED };
        }
        if (!partitionsOf(groups, groupId).has(topicId)) {
          return { topicName, topicId, errorCode: KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION };
        }
        const forgotten = groups.shares.forget((place) => place.groupId === groupId && place.topicId === topicId);
        return { topicName, topicId, errorCode: await codeOf(forgotten) };
      });
      return { errorCode: KAFKA_ERRORS.NONE, responses: await Promise.all(responses) };
    },
    failed: (_request, errorCode, errorMessage) => ({ errorCode, errorMessage, responses: [] }),
  };
}
