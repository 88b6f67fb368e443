/** ShareFetch and ShareAcknowledge (KIP-932): records to the members of share groups, and what these say of them. */
import { APIS, KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";
import {
  decodeShareAcknowledgeRequest,
  decodeShareFetchRequest,
  encodeShareAcknowledgeResponse,
  encodeShareFetchResponse,
  type ShareAcknowledgeRequest,
  type ShareAcknowledgeResponse,
  type ShareFetchPartitionData,
  type ShareFetchRequest,
  type ShareFetchResponse,
} from "@kaelix/protocol/messages";

import type { RequestContext, ServedApi } from "../../broker/api.ts";
import { NODE_ID } from "../../broker/ground.ts";
import type { Groups } from "../groups.ts";
import { type AcknowledgementBatch, acknowledgementProblem, hasRenewal } from "../share/acknowledgement.ts";
import {
  type FetchedShare,
  type ShareFetched,
  type ShareFetchGround,
  ShareFetchRun,
} from "../share/share-fetch-run.ts";
import { keyOfPartition, type SessionPartition, type ShareSession } from "../share/share-sessions.ts";
import { mayTopic, openFor, type Refusal, shareGroupOf } from "./access.ts";

const OPENING = 0;
const CLOSING = -1;
const LEADER = { leaderId: NODE_ID, leaderEpoch: 0 };
const NO_BYTES = new Uint8Array(0);
const SESSIONS_MAX = "group.share.max.share.sessions";

type Asked = Pick<ShareFetchRequest, "groupId" | "memberId" | "shareSessionEpoch" | "isRenewAck">;
type AskedTopics = ShareFetchRequest["topics"] | ShareAcknowledgeRequest["topics"];

/** What came of the acknowledgements of a partition. */
interface Taken extends SessionPartition, Refusal {}

export function shareFetchApi(
  groups: Groups,
  ground: ShareFetchGround,
): ServedApi<ShareFetchRequest, ShareFetchResponse> {
  return {
    key: APIS.ShareFetch.key,
    decodeRequest: decodeShareFetchRequest,
    encodeResponse: encodeShareFetchResponse,
    handle: (request, context) => fetch({ groups, ground, context }, request),
    failed: (_request, errorCode, errorMessage) => refusedAnswer({ errorCode, errorMessage }),
  };
}

interface Serving {
  readonly groups: Groups;
  readonly ground: ShareFetchGround;
  readonly context: RequestContext;
}

async function fetch(serving: Serving, request: ShareFetchRequest): Promise<ShareFetchResponse> {
  const { context, groups, ground } = serving;
  const { isRenewAck, maxBytes, maxRecords, maxWaitMs, minBytes, topics } = request;
  const member = memberOf(groups, request, context);
  if ("errorCode" in member) return refusedAnswer(member);
  const isFetching = maxBytes > 0 || minBytes > 0 || maxRecords > 0 || maxWaitMs > 0;
  if (isRenewAck && isFetching)
    return refusedAnswer(refusal("INVALID_REQUEST", "What renews acknowledgements must not fetch"));
  const said = saidIn(topics);
  if (request.shareSessionEpoch === OPENING && said.length > 0) {
    return refusedAnswer(refusal("INVALID_REQUEST", "A session cannot begin with acknowledgements"));
  }
  const session = sessionOf(serving, request, member);
  if ("errorCode" in session) return refusedAnswer(session);
  const unknown = changeSession(groups, session, request);
  const taken = await takeAll(serving, { session, said, isRenewAck });
  if (request.shareSessionEpoch === CLOSING) {
    groups.shares.memberGone(session.groupId, session.memberId);
    return answerOf(groups, session, { taken, fetched: new Map() });
  }
  const { refused, shares } = partitionsOf(groups, session, context);
  for (const one of unknown) refused.set(sharedOf(groups, one), refusedShare(unknownError(groups, one)));
  const fetched = await new ShareFetchRun({ shares: groups.shares, ground, context, session, request }, shares).run();
  return answerOf(groups, session, { taken, fetched: new Map([...refused, ...fetched]) });
}

function refusal(error: keyof typeof KAFKA_ERRORS, errorMessage: string | null = null): Refusal {
  return { errorCode: KAFKA_ERRORS[error], errorMessage };
}

function refusedAnswer({
  errorCode,
  errorMessage,
}: {
  readonly errorCode: number;
  readonly errorMessage: string | null;
}) {
  return { errorCode, errorMessage, acquisitionLockTimeoutMs: 0, responses: [], nodeEndpoints: [] };
}

/** Who asks, once it may and is a member. */
function memberOf(
  groups: Groups,
  { groupId, memberId, shareSessionEpoch }: Asked,
  context: RequestContext,
): { readonly groupId: string; readonly memberId: string } | Refusal {
  const id = groupId ?? "";
  const opened = openFor(groups, context, { id, operation: "read" });
  if (typeof opened === "number") return { errorCode: opened, errorMessage: null };
  if (memberId === null || memberId === "") return refusal("INVALID_REQUEST", "MemberId must not be empty");
  if (shareSessionEpoch < CLOSING) return refusal("INVALID_SHARE_SESSION_EPOCH");
  const entry = shareGroupOf(groups, id);
  if (typeof entry === "string") return refusal("GROUP_ID_NOT_FOUND", entry);
  if (entry.group.members.has(memberId)) return { groupId: id, memberId };
  // It was put out, and what it held was given back.
  if (shareSessionEpoch !== OPENING) return refusal("SHARE_SESSION_NOT_FOUND");
  return refusal("UNKNOWN_MEMBER_ID", "The member is not in the group");
}

function sessionOf(
  { context, groups, ground }: Serving,
  { shareSessionEpoch: epoch }: Asked,
  member: { readonly groupId: string; readonly memberId: string },
): ShareSession | Refusal {
  const { sessions } = groups.shares;
  if (epoch !== OPENING) {
    const next = sessions.next({ ...member, epoch });
    return typeof next === "number" ? { errorCode: next, errorMessage: null } : next;
  }
  const session = sessions.open({ ...member, epoch }, ground.configs.brokerNumber(SESSIONS_MAX));
  if (session === undefined) return refusal("SHARE_SESSION_LIMIT_REACHED", "There are too many share sessions");
  // A connection may begin sessions without end: those that are over must not hang on it.
  context.signal.addEventListener("abort", () => groups.shares.sessionGone(session), { signal: session.ended });
  return session;
}

/**
 * Takes partitions into the session and out of it. Those that are not there are told of once and not kept: a client could name as many as
 * it likes, each time others, and all of them would stay.
 */
function changeSession(
  { topics: known }: Groups,
  { partitions }: ShareSession,
  { forgottenTopicsData, topics }: ShareFetchRequest,
): readonly SessionPartition[] {
  const { byId } = known.image();
  const unknown: SessionPartition[] = [];
  for (const { partitions: asked, topicId } of topics) {
    const count = byId.get(topicId)?.partitions ?? 0;
    for (const { partitionIndex: partition } of asked) {
      if (partition < 0 || partition >= count) unknown.push({ topicId, partition });
      else partitions.set(keyOfPartition({ topicId, partition }), { topicId, partition });
    }
  }
  for (const { partitions: forgotten, topicId } of forgottenTopicsData) {
    for (const partition of forgotten) partitions.delete(keyOfPartition({ topicId, partition }));
  }
  return unknown;
}

function unknownError({ topics }: Groups, { topicId }: SessionPartition): KafkaErrorCode {
  return topics.image().byId.has(topicId) ? KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION : KAFKA_ERRORS.UNKNOWN_TOPIC_ID;
}

interface Said extends SessionPartition {
  readonly batches: readonly AcknowledgementBatch[];
}

function saidIn(topics: AskedTopics): Said[] {
  return topics.flatMap(({ partitions, topicId }) =>
    partitions.flatMap(({ acknowledgementBatches: batches, partitionIndex: partition }) =>
      batches.length === 0 ? [] : [{ topicId, partition, batches }],
    ),
  );
}

/** Takes in what is said of every partition; resolves when it is on the disk. */
function takeAll(
  { context, groups }: Serving,
  {
    isRenewAck,
    said,
    session,
  }: { readonly session: ShareSession; readonly said: readonly Said[]; readonly isRenewAck: boolean },
): Promise<Taken[]> {
  const { shares } = groups;
  const { mayRenew } = shares.settingsOf(session.groupId);
  return Promise.all(
    said.map(async (one): Promise<Taken> => {
      const { partition, topicId } = one;
      const refused = topicRefusal(groups, context, topicId);
      if (refused !== undefined) return { topicId, partition, errorCode: refused, errorMessage: null };
      const problem = acknowledgementProblem(one.batches, isRenewAck);
      if (problem !== undefined) return { topicId, partition, ...refusal("INVALID_REQUEST", problem) };
      if (!mayRenew && hasRenewal(one.batches)) {
        return { topicId, partition, ...refusal("INVALID_RECORD_STATE", "The group does not renew locks") };
      }
      const errorCode = await shares.acknowledge(session.groupId, session.memberId, one);
      return { topicId, partition, errorCode, errorMessage: null };
    }),
  );
}

function topicRefusal(groups: Groups, context: RequestContext, topicId: string): KafkaErrorCode | undefined {
  const topic = groups.topics.image().byId.get(topicId);
  if (topic === undefined) return KAFKA_ERRORS.UNKNOWN_TOPIC_ID;
  return mayTopic(groups, context, "read", topic.name) ? undefined : KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED;
}

/** The partitions of a session that may be read, beginning with another one each time, and why the others may not. */
function partitionsOf(
  groups: Groups,
  session: ShareSession,
  context: RequestContext,
): { readonly shares: readonly FetchedShare[]; readonly refused: Map<FetchedShare, ShareFetched> } {
  const all = [...session.partitions.values()];
  const begin = all.length === 0 ? 0 : session.nextEpoch % all.length;
  const shares: FetchedShare[] = [];
  const refused = new Map<FetchedShare, ShareFetched>();
  for (const { partition, topicId } of [...all.slice(begin), ...all.slice(0, begin)]) {
    const errorCode = topicRefusal(groups, context, topicId);
    const share = sharedOf(groups, { topicId, partition });
    if (errorCode === undefined) shares.push(share);
    else refused.set(share, refusedShare(errorCode));
  }
  return { shares, refused };
}

function sharedOf({ topics }: Groups, { partition, topicId }: SessionPartition): FetchedShare {
  return { topicId, partition, topic: topics.image().byId.get(topicId)?.name ?? "" };
}

function refusedShare(errorCode: KafkaErrorCode): ShareFetched {
  return { errorCode, records: NO_BYTES, acquired: [] };
}

function answerOf(
  groups: Groups,
  { groupId }: ShareSession,
  { fetched, taken }: { readonly taken: readonly Taken[]; readonly fetched: ReadonlyMap<FetchedShare, ShareFetched> },
): ShareFetchResponse {
  const topics = new Map<string, Map<number, ShareFetchPartitionData>>();
  const put = ({ partition, topicId }: SessionPartition, data: Partial<ShareFetchPartitionData>): void => {
    const partitions = topics.get(topicId) ?? new Map<number, ShareFetchPartitionData>();
    topics.set(topicId, partitions);
    partitions.set(partition, { ...(partitions.get(partition) ?? nothing(partition)), ...data });
  };
  for (const one of taken) {
    put(one, { acknowledgeErrorCode: one.errorCode, acknowledgeErrorMessage: one.errorMessage });
  }
  for (const [share, { acquired, errorCode, records }] of fetched) {
    const acquiredRecords = acquired.map(({ deliveryCount, first, last }) => ({
      firstOffset: first,
      lastOffset: last,
      deliveryCount,
    }));
    put(share, { errorCode, records, acquiredRecords });
  }
  return {
    errorCode: KAFKA_ERRORS.NONE,
    acquisitionLockTimeoutMs: groups.shares.settingsOf(groupId).lockMs,
    responses: [...topics].map(([topicId, partitions]) => ({ topicId, partitions: [...partitions.values()] })),
    nodeEndpoints: [],
  };
}

function nothing(partitionIndex: number): ShareFetchPartitionData {
  return {
    partitionIndex,
    errorCode: KAFKA_ERRORS.NONE,
    acknowledgeErrorCode: KAFKA_ERRORS.NONE,
    currentLeader: LEADER,
    records: NO_BYTES,
    acquiredRecords: [],
  };
}

export function shareAcknowledgeApi(
  groups: Groups,
  ground: ShareFetchGround,
): ServedApi<ShareAcknowledgeRequest, ShareAcknowledgeResponse> {
  return {
    key: APIS.ShareAcknowledge.key,
    decodeRequest: decodeShareAcknowledgeRequest,
    encodeResponse: encodeShareAcknowledgeResponse,
    handle: (request, context) => acknowledge({ groups, ground, context }, request),
    failed: (_request, errorCode, errorMessage) => refusedAnswer({ errorCode, errorMessage }),
  };
}

async function acknowledge(serving: Serving, request: ShareAcknowledgeRequest): Promise<ShareAcknowledgeResponse> {
  const { context, groups } = serving;
  const { isRenewAck, shareSessionEpoch, topics } = request;
  const member = memberOf(groups, request, context);
  if ("errorCode" in member) return refusedAnswer(member);
  if (shareSessionEpoch === OPENING) return refusedAnswer(refusal("INVALID_SHARE_SESSION_EPOCH"));
  const session = sessionOf(serving, request, member);
  if ("errorCode" in session) return refusedAnswer(session);
  const taken = await takeAll(serving, { session, said: saidIn(topics), isRenewAck });
  if (shareSessionEpoch === CLOSING) groups.shares.memberGone(session.groupId, session.memberId);
  const byTopic = Map.groupBy(taken, ({ topicId }) => topicId);
  return {
    errorCode: KAFKA_ERRORS.NONE,
    acquisitionLockTimeoutMs: groups.shares.settingsOf(session.groupId).lockMs,
    responses: [...byTopic].map(([topicId, rows]) => ({
      topicId,
      partitions: rows.map(({ errorCode, errorMessage, partition }) => ({
        partitionIndex: partition,
        errorCode,
        errorMessage,
        currentLeader: LEADER,
      })),
    })),
    nodeEndpoints: [],
  };
}
