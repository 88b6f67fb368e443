/** OffsetFetch and OffsetDelete. */
import { APIS, KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";
import {
  decodeOffsetDeleteRequest,
  decodeOffsetFetchRequest,
  encodeOffsetDeleteResponse,
  encodeOffsetFetchResponse,
  type OffsetDeleteRequest,
  type OffsetDeleteResponse,
  type OffsetFetchRequest,
  type OffsetFetchRequestGroup,
  type OffsetFetchResponse,
  type OffsetFetchResponseGroup,
  type OffsetFetchResponsePartitions,
  type OffsetFetchResponseTopics,
} from "@kaelix/protocol/messages";

import type { RequestContext, ServedApi } from "../../broker/api.ts";
import { checkConsumerEpoch } from "../consumer/consumer-heartbeat.ts";
import { readsTopic } from "../group-entry.ts";
import { coordinatorError, type Groups } from "../groups.ts";
import type { GroupStore } from "../store/group-store.ts";
import type { OffsetPlace } from "../store/offset-table.ts";
import { mayTopic, NO_TOPIC_ID, openFor } from "./access.ts";

export function offsetFetchApi(groups: Groups): ServedApi<OffsetFetchRequest, OffsetFetchResponse> {
  return {
    key: APIS.OffsetFetch.key,
    decodeRequest: decodeOffsetFetchRequest,
    encodeResponse: encodeOffsetFetchResponse,
    handle: (request, context) => {
      const { requireStable } = request;
      if (context.version >= 8) {
        return { groups: request.groups.map((group) => fetchGroup(groups, group, context, requireStable)) };
      }
      const fetched = fetchGroup(groups, onlyGroup(request), context, requireStable);
      return oneGroup(fetched, request, context.version);
    },
    failed: (request, errorCode) => ({
      errorCode,
      topics: [],
      groups: request.groups.map(({ groupId }) => ({ groupId, topics: [], errorCode })),
    }),
  };
}

/** The request before version 8 as its one group. */
function onlyGroup({ groupId, topics }: OffsetFetchRequest): OffsetFetchRequestGroup {
  const named = topics?.map((topic) => ({ ...topic, topicId: NO_TOPIC_ID })) ?? null;
  return { groupId, memberId: null, memberEpoch: -1, topics: named };
}

/** The response before version 8; version 1 has errors with partitions only. */
function oneGroup(
  fetched: OffsetFetchResponseGroup,
  request: OffsetFetchRequest,
  version: number,
): OffsetFetchResponse {
  const { errorCode } = fetched;
  const topics = fetched.topics.map(({ name = "", partitions }) => ({ name, partitions }));
  if (version >= 2 || errorCode === KAFKA_ERRORS.NONE) return { errorCode, topics };
  return {
    topics: (request.topics ?? []).map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((partitionIndex) => ({ ...nothing(partitionIndex), errorCode })),
    })),
  };
}

function fetchGroup(
  groups: Groups,
  request: OffsetFetchRequestGroup,
  context: RequestContext,
  requireStable: boolean,
): OffsetFetchResponseGroup {
  const { groupId } = request;
  const opened = openFor(groups, context, { id: groupId, operation: "describe" });
  const errorCode = typeof opened === "number" ? opened : checkMember(groups, request);
  if (typeof opened === "number" || errorCode !== KAFKA_ERRORS.NONE) return { groupId, topics: [], errorCode };
  const fetch: OffsetRead = { groups, store: opened, groupId, requireStable, context };
  const topics = request.topics === null ? allTopics(fetch) : request.topics.map((topic) => oneTopic(fetch, topic));
  return { groupId, topics, errorCode };
}

function checkMember(groups: Groups, { groupId, memberEpoch, memberId }: OffsetFetchRequestGroup): KafkaErrorCode {
  const entry = groups.get(groupId);
  if (entry?.type !== "consumer" || (memberId === null && memberEpoch < 0)) return KAFKA_ERRORS.NONE;
  return checkConsumerEpoch(entry.group, memberId ?? "", memberEpoch);
}

interface OffsetRead {
  readonly groups: Groups;
  readonly store: GroupStore;
  readonly groupId: string;
  readonly requireStable: boolean;
  readonly context: RequestContext;
}

function oneTopic(
  fetch: OffsetRead,
  { name, partitionIndexes, topicId }: NonNullable<OffsetFetchRequestGroup["topics"]>[number],
): OffsetFetchResponseTopics {
  const { context, groupId: group, groups } = fetch;
  const topic = context.version >= 10 ? groups.topics.image().byId.get(topicId)?.name : name;
  const refused =
    topic === undefined
      ? KAFKA_ERRORS.UNKNOWN_TOPIC_ID
      : mayTopic(groups, context, "describe", topic)
        ? undefined
        : KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED;
  const partitions = partitionIndexes.map((partition) => {
    if (refused !== undefined) return { ...nothing(partition), errorCode: refused };
    return onePartition(fetch, { group, topic: topic ?? "", partition });
  });
  return { name, topicId, partitions };
}

function allTopics(fetch: OffsetRead): OffsetFetchResponseTopics[] {
  const { context, groupId, groups, store } = fetch;
  const byName = new Map<string, OffsetFetchResponsePartitions[]>();
  for (const [place] of store.offsets.of(groupId)) {
    const partition = onePartition(fetch, place);
    const partitions = byName.get(place.topic);
    if (partitions !== undefined) partitions.push(partition);
    else if (mayTopic(groups, context, "describe", place.topic)) byName.set(place.topic, [partition]);
  }
  const { byName: facts } = groups.topics.image();
  const topics = [...byName].map(([name, partitions]) => ({ name, topicId: facts.get(name)?.id, partitions }));
  // A client that speaks of ids could not name a topic that is gone.
  return context.version >= 10 ? topics.filter(({ topicId }) => topicId !== undefined) : topics;
}

function onePartition({ requireStable, store }: OffsetRead, place: OffsetPlace): OffsetFetchResponsePartitions {
  const { partition } = place;
  if (requireStable && store.offsets.isPending(place)) {
    return { ...nothing(partition), errorCode: KAFKA_ERRORS.UNSTABLE_OFFSET_COMMIT };
  }
  const value = store.offsets.get(place);
  if (value === undefined) return nothing(partition);
  return {
    partitionIndex: partition,
    committedOffset: value.offset,
    committedLeaderEpoch: value.leaderEpoch,
    metadata: value.metadata,
    errorCode: KAFKA_ERRORS.NONE,
  };
}

function nothing(partitionIndex: number): OffsetFetchResponsePartitions {
  return { partitionIndex, committedOffset: -1, committedLeaderEpoch: -1, metadata: "", errorCode: KAFKA_ERRORS.NONE };
}

export function offsetDeleteApi(groups: Groups): ServedApi<OffsetDeleteRequest, OffsetDeleteResponse> {
  return {
    key: APIS.OffsetDelete.key,
    decodeRequest: decodeOffsetDeleteRequest,
    encodeResponse: encodeOffsetDeleteResponse,
    handle: (request, context) => deleteOffsets(groups, request, context),
    failed: (_request, errorCode) => ({ errorCode, topics: [] }),
  };
}

async function deleteOffsets(
  groups: Groups,
  { groupId, topics }: OffsetDeleteRequest,
  context: RequestContext,
): Promise<OffsetDeleteResponse> {
  const opened = openFor(groups, context, { id: groupId, operation: "delete" });
  if (typeof opened === "number") return { errorCode: opened, topics: [] };
  if (!groups.exists(groupId)) return { errorCode: KAFKA_ERRORS.GROUP_ID_NOT_FOUND, topics: [] };
  const entry = groups.get(groupId);
  const over: OffsetPlace[] = [];
  const answered = topics.map(({ name, partitions }) => {
    const reads = entry === undefined ? false : readsTopic(entry, name);
    const refused = deleteRefusal(groups, context, name, reads);
    return {
      name,
      partitions: partitions.map(({ partitionIndex }) => {
        if (refused === KAFKA_ERRORS.NONE) over.push({ group: groupId, topic: name, partition: partitionIndex });
        return { partitionIndex, errorCode: refused };
      }),
    };
  });
  // What members read cannot be known: nothing may be taken from them.
  const isUnknown = entry !== undefined && topics.some(({ name }) => readsTopic(entry, name) === undefined);
  if (isUnknown) return { errorCode: KAFKA_ERRORS.NON_EMPTY_GROUP, topics: [] };
  try {
    await opened.forget(over.filter((place) => opened.offsets.get(place) !== undefined));
  } catch (error) {
    return { errorCode: coordinatorError(error), topics: [] };
  }
  return { errorCode: KAFKA_ERRORS.NONE, topics: answered };
}

function deleteRefusal(
  groups: Groups,
  context: RequestContext,
  name: string,
  reads: boolean | undefined,
): KafkaErrorCode {
  if (!mayTopic(groups, context, "read", name)) return KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED;
  if (groups.topics.image().byName.get(name) === undefined) return KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION;
  return reads === false ? KAFKA_ERRORS.NONE : KAFKA_ERRORS.GROUP_SUBSCRIBED_TO_TOPIC;
}
