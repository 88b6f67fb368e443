/** What OffsetCommit and TxnOffsetCommit have in common: which of the partitions may be written, and whether the group lets them. */
import { KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";

import type { RequestContext } from "../../broker/api.ts";
import { checkClassicCommit, type ClassicSpeaker } from "../classic/classic-requests.ts";
import { checkConsumerEpoch } from "../consumer/consumer-heartbeat.ts";
import type { Groups } from "../groups.ts";
import type { GroupStore, OffsetCommit } from "../store/group-store.ts";
import { mayTopic } from "./access.ts";

/** A partition as both requests have it. */
interface CommittedPartition {
  readonly partitionIndex: number;
  readonly committedOffset: number;
  readonly committedLeaderEpoch: number;
  readonly committedMetadata: string | null;
}

/** A topic of a commit; `name` is undefined when its id is not known. */
export interface CommittedTopic {
  readonly name: string | undefined;
  readonly partitions: readonly CommittedPartition[];
}

/** A commit that was looked at: what to write, and per topic and partition what is wrong. */
export interface CheckedCommit {
  readonly commits: readonly OffsetCommit[];
  /** NONE stands for a partition that is to be written. */
  readonly errors: readonly (readonly KafkaErrorCode[])[];
}

/** What is to be committed. */
interface CommitRequest {
  readonly group: string;
  readonly topics: readonly CommittedTopic[];
  readonly expireTimestampMs?: number;
}

/** Looks at every partition of a commit. */
export function checkPartitions(
  groups: Groups,
  context: RequestContext,
  { expireTimestampMs = -1, group, topics }: CommitRequest,
): CheckedCommit {
  const commits: OffsetCommit[] = [];
  const commitTimestampMs = groups.clock.nowMs();
  const errors = topics.map(({ name, partitions }) => {
    const refused = topicRefusal(groups, context, name);
    return partitions.map((partition) => {
      const error = refused ?? partitionRefusal(groups, name ?? "", partition);
      if (error !== undefined) return error;
      const { committedLeaderEpoch, committedMetadata, committedOffset, partitionIndex } = partition;
      commits.push({
        group,
        topic: name ?? "",
        partition: partitionIndex,
        value: {
          offset: committedOffset,
          leaderEpoch: committedLeaderEpoch,
          metadata: committedMetadata ?? "",
          commitTimestampMs,
          expireTimestampMs,
        },
      });
      return KAFKA_ERRORS.NONE;
    });
  });
  return { commits, errors };
}

/** Asks the interceptors about every partition that is to be written, and leaves out what one of them refuses. */
export async function askInterceptors(
  groups: Groups,
  topics: readonly CommittedTopic[],
  checked: CheckedCommit,
): Promise<CheckedCommit> {
  const commits: OffsetCommit[] = [];
  const refused = new Set<string>();
  for (const commit of checked.commits) {
    const { group, partition, topic, value } = commit;
    const outcome = await groups.interceptors.run("onCommit", { group, topic, partition, offset: value.offset });
    if (outcome !== undefined && "reject" in outcome) refused.add(`${topic}/${partition}`);
    else commits.push(commit);
  }
  const errors = checked.errors.map((row, at) =>
    row.map((error, index) => {
      const place = `${topics[at]?.name}/${topics[at]?.partitions[index]?.partitionIndex}`;
      return refused.has(place) ? KAFKA_ERRORS.POLICY_VIOLATION : error;
    }),
  );
  return { commits, errors };
}

function topicRefusal(groups: Groups, context: RequestContext, name: string | undefined): KafkaErrorCode | undefined {
  if (name === undefined) return KAFKA_ERRORS.UNKNOWN_TOPIC_ID;
  return mayTopic(groups, context, "read", name) ? undefined : KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED;
}

function partitionRefusal(groups: Groups, name: string, partition: CommittedPartition): KafkaErrorCode | undefined {
  const topic = groups.topics.image().byName.get(name);
  const { committedMetadata, committedOffset, partitionIndex } = partition;
  const isKnown = topic !== undefined && partitionIndex >= 0 && partitionIndex < topic.partitions;
  if (!isKnown) return KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION;
  // Nobody can go on there: refused here, it cannot send a consumer back to its reset policy later.
  if (committedOffset < 0) return KAFKA_ERRORS.INVALID_REQUEST;
  const metadataBytes = committedMetadata === null ? 0 : Buffer.byteLength(committedMetadata);
  return metadataBytes > groups.settings.offsetMetadataBytesMax ? KAFKA_ERRORS.OFFSET_METADATA_TOO_LARGE : undefined;
}

/** Who commits, and how. */
export interface Committer extends ClassicSpeaker {
  readonly groupId: string;
  readonly version: number;
  readonly transactional: boolean;
}

/** Whether a group takes a commit. */
export function checkGroup(groups: Groups, store: GroupStore, committer: Committer): KafkaErrorCode {
  if (store.offsets.count >= groups.settings.offsetsMax) return KAFKA_ERRORS.INVALID_COMMIT_OFFSET_SIZE;
  const entry = groups.get(committer.groupId);
  if (entry?.type === "classic") {
    const errorCode = checkClassicCommit(entry.group, committer, groups.clock.monotonicMs());
    groups.flushClassic(entry.group);
    return errorCode;
  }
  // A share group stands where its acknowledgements say.
  if (entry?.type === "share") return KAFKA_ERRORS.GROUP_ID_NOT_FOUND;
  const { generationId, groupInstanceId, memberId, transactional, version } = committer;
  const saysNothing = generationId < 0 && memberId === "" && groupInstanceId === null;
  if (entry === undefined) {
    if (generationId < 0) return KAFKA_ERRORS.NONE;
    return version >= 9 && !transactional ? KAFKA_ERRORS.GROUP_ID_NOT_FOUND : KAFKA_ERRORS.ILLEGAL_GENERATION;
  }
  if (transactional) {
    if (saysNothing) return KAFKA_ERRORS.NONE;
    const errorCode = checkConsumerEpoch(entry.group, memberId, generationId);
    return errorCode === KAFKA_ERRORS.STALE_MEMBER_EPOCH ? KAFKA_ERRORS.ILLEGAL_GENERATION : errorCode;
  }
  // Older clients do not know what to do with a stale epoch.
  if (version < 9 && generationId >= 0) return KAFKA_ERRORS.UNSUPPORTED_VERSION;
  return checkConsumerEpoch(entry.group, memberId, generationId);
}
