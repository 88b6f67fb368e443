/** OffsetCommit and TxnOffsetCommit. */
import { APIS, KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";
import {
  decodeOffsetCommitRequest,
  decodeTxnOffsetCommitRequest,
  encodeOffsetCommitResponse,
  encodeTxnOffsetCommitResponse,
  type OffsetCommitRequest,
  type OffsetCommitResponse,
  type TxnOffsetCommitRequest,
  type TxnOffsetCommitResponse,
} from "@kaelix/protocol/messages";

import type { RequestContext, ServedApi } from "../../broker/api.ts";
import { coordinatorError, type Groups } from "../groups.ts";
import { CONSUMER_OFFSETS_TOPIC, type GroupStore } from "../store/group-store.ts";
import { openFor } from "./access.ts";
import { askInterceptors, type CheckedCommit, checkGroup, checkPartitions, type Committer } from "./commit-check.ts";

export function offsetCommitApi(groups: Groups): ServedApi<OffsetCommitRequest, OffsetCommitResponse> {
  return {
    key: APIS.OffsetCommit.key,
    decodeRequest: decodeOffsetCommitRequest,
    encodeResponse: encodeOffsetCommitResponse,
    handle: (request, context) => commit(groups, request, context),
    // Everything is appended before the answer is awaited, unless interceptors are asked first.
    overlaps: () => !groups.interceptors.has("onCommit"),
    failed: (request, errorCode) => allCommits(request, errorCode),
  };
}

function allCommits({ topics }: OffsetCommitRequest, errorCode: number): OffsetCommitResponse {
  return {
    topics: topics.map(({ name, partitions, topicId }) => ({
      name,
      topicId,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
    })),
  };
}

async function commit(
  groups: Groups,
  request: OffsetCommitRequest,
  context: RequestContext,
): Promise<OffsetCommitResponse> {
  const { groupId, retentionTimeMs } = request;
  const opened = openFor(groups, context, { id: groupId, operation: "read" });
  if (typeof opened === "number") return allCommits(request, opened);
  const { byId } = groups.topics.image();
  const topics = request.topics.map(({ name, partitions, topicId }) => ({
    name: context.version >= 10 ? byId.get(topicId)?.name : name,
    partitions,
  }));
  const expireTimestampMs = context.version <= 4 && retentionTimeMs >= 0 ? groups.clock.nowMs() + retentionTimeMs : -1;
  const allowed = checkPartitions(groups, context, { group: groupId, topics, expireTimestampMs });
  const checked = groups.interceptors.has("onCommit") ? await askInterceptors(groups, topics, allowed) : allowed;
  const committer = {
    ...request,
    generationId: request.generationIdOrMemberEpoch,
    version: context.version,
    transactional: false,
  };
  const errorCode = await write(groups, opened, committer, checked);
  return {
    topics: request.topics.map(({ name, partitions, topicId }, index) => ({
      name,
      topicId,
      partitions: answered(partitions, checked.errors[index], errorCode),
    })),
  };
}

async function write(
  groups: Groups,
  store: GroupStore,
  committer: Committer,
  { commits }: CheckedCommit,
): Promise<KafkaErrorCode> {
  const refused = checkGroup(groups, store, committer);
  if (refused !== KAFKA_ERRORS.NONE) return refused;
  try {
    await store.commit(commits);
    return KAFKA_ERRORS.NONE;
  } catch (error) {
    return coordinatorError(error);
  }
}

/** What is told of each partition: its own error, or what became of the write. */
function answered(
  partitions: readonly { readonly partitionIndex: number }[],
  errors: readonly KafkaErrorCode[] | undefined,
  written: KafkaErrorCode,
): { partitionIndex: number; errorCode: KafkaErrorCode }[] {
  return partitions.map(({ partitionIndex }, index) => {
    const own = errors?.[index] ?? KAFKA_ERRORS.NONE;
    return { partitionIndex, errorCode: own === KAFKA_ERRORS.NONE ? written : own };
  });
}

export function txnOffsetCommitApi(groups: Groups): ServedApi<TxnOffsetCommitRequest, TxnOffsetCommitResponse> {
  return {
    key: APIS.TxnOffsetCommit.key,
    decodeRequest: decodeTxnOffsetCommitRequest,
    encodeResponse: encodeTxnOffsetCommitResponse,
    handle: (request, context) => commitTransactional(groups, request, context),
    failed: (request, errorCode) => allTransactional(request, errorCode),
  };
}

function allTransactional({ topics }: TxnOffsetCommitRequest, errorCode: number): TxnOffsetCommitResponse {
  return {
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
    })),
  };
}

async function commitTransactional(
  groups: Groups,
  request: TxnOffsetCommitRequest,
  context: RequestContext,
): Promise<TxnOffsetCommitResponse> {
  const { groupId, transactionalId } = request;
  const resource = { type: "transactional_id", name: transactionalId } as const;
  if (!groups.authorizer.allows(context.principal, "write", resource, context.clientHost)) {
    return allTransactional(request, KAFKA_ERRORS.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
  }
  const opened = openFor(groups, context, { id: groupId, operation: "read" });
  if (typeof opened === "number") return allTransactional(request, opened);
  const allowed = checkPartitions(groups, context, { group: groupId, topics: request.topics });
  const checked = await askInterceptors(groups, request.topics, allowed);
  const errorCode =
    checked.commits.length === 0
      ? KAFKA_ERRORS.NONE
      : await writeTransactional(groups, opened, request, { checked, version: context.version });
  return {
    topics: request.topics.map(({ name, partitions }, index) => ({
      name,
      partitions: answered(partitions, checked.errors[index], errorCode),
    })),
  };
}

async function writeTransactional(
  groups: Groups,
  store: GroupStore,
  request: TxnOffsetCommitRequest,
  { checked, version }: { readonly checked: CheckedCommit; readonly version: number },
): Promise<KafkaErrorCode> {
  const { producerEpoch, producerId, transactionalId } = request;
  try {
    const unverified = await groups.verifyTransaction({
      transactionalId,
      producerId,
      producerEpoch,
      topic: CONSUMER_OFFSETS_TOPIC,
      partition: 0,
      addsImplicitly: version >= 5,
    });
    if (unverified !== KAFKA_ERRORS.NONE) return unverified;
    const refused = checkGroup(groups, store, { ...request, version, transactional: true });
    if (refused !== KAFKA_ERRORS.NONE) return refused;
    return await store.commitTransactional({ producerId, producerEpoch }, checked.commits);
  } catch (error) {
    return coordinatorError(error);
  }
}
