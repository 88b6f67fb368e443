import { APIS, KAFKA_ERRORS } from "@kaelix/protocol";
import {
  decodeDeleteRecordsRequest,
  type DeleteRecordsPartitionResult,
  type DeleteRecordsRequest,
  type DeleteRecordsResponse,
  encodeDeleteRecordsResponse,
} from "@kaelix/protocol/messages";

import { parseList } from "../config-values.ts";
import type { RequestContext, ServedApi } from "../api.ts";
import { clientError } from "../errors.ts";
import { type Ground, isInternalTopic, mayTopic } from "../ground.ts";

/** An offset that means "everything there is now". */
const HIGH_WATERMARK = -1;

/** Serves DeleteRecords: raises the first offset of partitions. */
export function deleteRecordsApi(ground: Ground): ServedApi<DeleteRecordsRequest, DeleteRecordsResponse> {
  return {
    key: APIS.DeleteRecords.key,
    decodeRequest: decodeDeleteRecordsRequest,
    encodeResponse: encodeDeleteRecordsResponse,
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
  request: DeleteRecordsRequest,
  context: RequestContext,
): Promise<DeleteRecordsResponse> {
  const topics: { name: string; partitions: DeleteRecordsPartitionResult[] }[] = [];
  for (const { name, partitions } of request.topics) {
    const refusal = topicRefusal(ground, name, context);
    const results: DeleteRecordsPartitionResult[] = [];
    for (const { offset, partitionIndex } of partitions) {
      results.push(
        refusal === undefined
          ? await deleteBefore(ground, name, partitionIndex, offset)
          : refused(partitionIndex, refusal),
      );
    }
    topics.push({ name, partitions: results });
  }
  return { topics };
}

function topicRefusal(ground: Ground, name: string, context: RequestContext): number | undefined {
  if (!mayTopic(ground, context, "delete", name)) return KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED;
  const topic = ground.topics.byName(name);
  if (topic === undefined) return KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION;
  // A topic that is only compacted keeps the newest of every key; Kafka refuses this too.
  const policy = ground.configs.describeTopic(topic.spec, ["cleanup.policy"])[0]?.value ?? "delete";
  return isInternalTopic(name) || !parseList(policy).includes("delete") ? KAFKA_ERRORS.POLICY_VIOLATION : undefined;
}

async function deleteBefore(
  ground: Ground,
  name: string,
  partitionIndex: number,
  offset: number,
): Promise<DeleteRecordsPartitionResult> {
  try {
    const leader = await ground.leaders.get(name, partitionIndex);
    if (leader === undefined) return refused(partitionIndex, KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION);
    const { endOffset } = leader.bounds();
    const before = offset === HIGH_WATERMARK ? endOffset : offset;
    if (before < 0 || before > endOffset) return refused(partitionIndex, KAFKA_ERRORS.OFFSET_OUT_OF_RANGE);
    const lowWatermark = await leader.deleteRecords(before);
    return { partitionIndex, lowWatermark, errorCode: KAFKA_ERRORS.NONE };
  } catch (error) {
    return refused(partitionIndex, clientError(error).code);
  }
}

function refused(partitionIndex: number, errorCode: number): DeleteRecordsPartitionResult {
  return { partitionIndex, lowWatermark: -1, errorCode };
}
