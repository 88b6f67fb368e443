/** Groups whose coordinator says who works on what: consumer groups by KIP-848, and share groups (KIP-932). */
import { APIS } from "@kaelix/protocol";
import {
  type ConsumerGroupDescribeMember,
  decodeAlterShareGroupOffsetsResponse,
  decodeConsumerGroupDescribeResponse,
  decodeDescribeShareGroupOffsetsResponse,
  decodeShareGroupDescribeResponse,
  encodeAlterShareGroupOffsetsRequest,
  encodeConsumerGroupDescribeRequest,
  encodeDescribeShareGroupOffsetsRequest,
  encodeShareGroupDescribeRequest,
  type ShareGroupDescribeMember,
} from "@kaelix/protocol/messages";

import { assertGranted } from "./broker-connection.ts";
import type { Ask } from "./coordinator-connection.ts";

const DESCRIBE_CONSUMER_GROUP = {
  api: APIS.ConsumerGroupDescribe,
  encode: encodeConsumerGroupDescribeRequest,
  decode: decodeConsumerGroupDescribeResponse,
};
const DESCRIBE_SHARE_GROUP = {
  api: APIS.ShareGroupDescribe,
  encode: encodeShareGroupDescribeRequest,
  decode: decodeShareGroupDescribeResponse,
};
const DESCRIBE_SHARE_OFFSETS = {
  api: APIS.DescribeShareGroupOffsets,
  encode: encodeDescribeShareGroupOffsetsRequest,
  decode: decodeDescribeShareGroupOffsetsResponse,
};
const ALTER_SHARE_OFFSETS = {
  api: APIS.AlterShareGroupOffsets,
  encode: encodeAlterShareGroupOffsetsRequest,
  decode: decodeAlterShareGroupOffsetsResponse,
};

/** Partitions of a topic that a member works on. */
export interface AssignedTopic {
  readonly topic: string;
  readonly partitions: readonly number[];
}

/** A member of a group. */
export interface MemberState {
  readonly member: string;
  readonly client: string;
  readonly host: string;
  readonly assigned: readonly AssignedTopic[];
}

/** Where a share group stands in a partition. */
export interface ShareStart {
  readonly topic: string;
  readonly partition: number;
  /** Everything before is done; null when the group has not begun there. */
  readonly start: number | null;
  /** Records that are not done; null when the broker does not tell. */
  readonly lag: number | null;
}

/** What is told of a group of either kind. */
interface DescribedGroup {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly members: readonly DescribedMember[];
}

type DescribedMember = Pick<
  ShareGroupDescribeMember & ConsumerGroupDescribeMember,
  "assignment" | "clientHost" | "clientId" | "memberId"
>;

/** Who is in a group of one of the kinds. */
export async function membersOf(ask: Ask, group: string, kind: "consumer" | "share"): Promise<readonly MemberState[]> {
  const asked = { groupIds: [group] };
  const { groups }: { readonly groups: readonly DescribedGroup[] } =
    kind === "share" ? await ask(DESCRIBE_SHARE_GROUP, asked) : await ask(DESCRIBE_CONSUMER_GROUP, asked);
  return groups.flatMap((described) => {
    assertGranted(described);
    return described.members.map(memberOf);
  });
}

function memberOf({ assignment, clientHost, clientId, memberId }: DescribedMember): MemberState {
  const assigned = assignment.topicPartitions.map(({ partitions, topicName }) => ({ topic: topicName, partitions }));
  return { member: memberId, client: clientId, host: clientHost, assigned };
}

/** Where a share group stands in every partition it has worked on. */
export async function shareGroupStarts(ask: Ask, group: string): Promise<readonly ShareStart[]> {
  const { groups } = await ask(DESCRIBE_SHARE_OFFSETS, { groups: [{ groupId: group, topics: null }] });
  return groups.flatMap((described) => {
    assertGranted(described);
    return described.topics.flatMap(({ partitions, topicName: topic }) =>
      partitions.map(({ errorCode, errorMessage, lag, partitionIndex: partition, startOffset }) => {
        assertGranted({ errorCode, errorMessage });
        return { topic, partition, start: startOffset < 0 ? null : startOffset, lag: lag < 0 ? null : lag };
      }),
    );
  });
}

/** Moves a share group that nobody is in. */
export async function moveShareGroup(
  ask: Ask,
  {
    group,
    targets,
    topic,
  }: {
    readonly group: string;
    readonly topic: string;
    readonly targets: readonly { readonly partition: number; readonly offset: number }[];
  },
): Promise<void> {
  const partitions = targets.map(({ offset, partition }) => ({ partitionIndex: partition, startOffset: offset }));
  const answer = await ask(ALTER_SHARE_OFFSETS, { groupId: group, topics: [{ topicName: topic, partitions }] });
  assertGranted(answer);
  for (const { partitions: moved } of answer.responses) for (const one of moved) assertGranted(one);
}
