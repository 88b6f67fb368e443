/** The client's half of the APIs that the load speaks. */
import {
  decodeAddOffsetsToTxnResponse,
  decodeAddPartitionsToTxnResponse,
  decodeConsumerGroupHeartbeatResponse,
  decodeCreateTopicsResponse,
  decodeEndTxnResponse,
  decodeFetchResponse,
  decodeHeartbeatResponse,
  decodeInitProducerIdResponse,
  decodeJoinGroupResponse,
  decodeLeaveGroupResponse,
  decodeListOffsetsResponse,
  decodeMetadataResponse,
  decodeOffsetCommitResponse,
  decodeOffsetFetchResponse,
  decodeProduceResponse,
  decodeSyncGroupResponse,
  decodeTxnOffsetCommitResponse,
  encodeAddOffsetsToTxnRequest,
  encodeAddPartitionsToTxnRequest,
  encodeConsumerGroupHeartbeatRequest,
  encodeCreateTopicsRequest,
  encodeEndTxnRequest,
  encodeFetchRequest,
  encodeHeartbeatRequest,
  encodeInitProducerIdRequest,
  encodeJoinGroupRequest,
  encodeLeaveGroupRequest,
  encodeListOffsetsRequest,
  encodeMetadataRequest,
  encodeOffsetCommitRequest,
  encodeOffsetFetchRequest,
  encodeProduceRequest,
  encodeSyncGroupRequest,
  encodeTxnOffsetCommitRequest,
} from "@kaelix/protocol/messages";
import type { ClientCodec } from "@kaelix/streamer/testing";

function codec<Request, Response>(
  api: ClientCodec<Request, Response>["api"],
  encodeRequest: ClientCodec<Request, Response>["encodeRequest"],
  decodeResponse: ClientCodec<Request, Response>["decodeResponse"],
): ClientCodec<Request, Response> {
  return { api, encodeRequest, decodeResponse };
}

/** Codecs by API. */
export const codecs = {
  addOffsetsToTxn: codec("AddOffsetsToTxn", encodeAddOffsetsToTxnRequest, decodeAddOffsetsToTxnResponse),
  addPartitionsToTxn: codec("AddPartitionsToTxn", encodeAddPartitionsToTxnRequest, decodeAddPartitionsToTxnResponse),
  consumerGroupHeartbeat: codec(
    "ConsumerGroupHeartbeat",
    encodeConsumerGroupHeartbeatRequest,
    decodeConsumerGroupHeartbeatResponse,
  ),
  createTopics: codec("CreateTopics", encodeCreateTopicsRequest, decodeCreateTopicsResponse),
  endTxn: codec("EndTxn", encodeEndTxnRequest, decodeEndTxnResponse),
  fetch: codec("Fetch", encodeFetchRequest, decodeFetchResponse),
  heartbeat: codec("Heartbeat", encodeHeartbeatRequest, decodeHeartbeatResponse),
  initProducerId: codec("InitProducerId", encodeInitProducerIdRequest, decodeInitProducerIdResponse),
  joinGroup: codec("JoinGroup", encodeJoinGroupRequest, decodeJoinGroupResponse),
  leaveGroup: codec("LeaveGroup", encodeLeaveGroupRequest, decodeLeaveGroupResponse),
  listOffsets: codec("ListOffsets", encodeListOffsetsRequest, decodeListOffsetsResponse),
  metadata: codec("Metadata", encodeMetadataRequest, decodeMetadataResponse),
  offsetCommit: codec("OffsetCommit", encodeOffsetCommitRequest, decodeOffsetCommitResponse),
  offsetFetch: codec("OffsetFetch", encodeOffsetFetchRequest, decodeOffsetFetchResponse),
  produce: codec("Produce", encodeProduceRequest, decodeProduceResponse),
  syncGroup: codec("SyncGroup", encodeSyncGroupRequest, decodeSyncGroupResponse),
  txnOffsetCommit: codec("TxnOffsetCommit", encodeTxnOffsetCommitRequest, decodeTxnOffsetCommitResponse),
};
