/** The client's half of the APIs that the tests speak. */
import {
  decodeAlterClientQuotasResponse,
  decodeAlterConfigsResponse,
  decodeApiVersionsResponse,
  decodeCreatePartitionsResponse,
  decodeCreateTopicsResponse,
  decodeDeleteRecordsResponse,
  decodeDeleteTopicsResponse,
  decodeDescribeClientQuotasResponse,
  decodeDescribeClusterResponse,
  decodeDescribeConfigsResponse,
  decodeDescribeLogDirsResponse,
  decodeDescribeTopicPartitionsResponse,
  decodeFetchResponse,
  decodeIncrementalAlterConfigsResponse,
  decodeListOffsetsResponse,
  decodeMetadataResponse,
  decodeOffsetCommitResponse,
  decodeOffsetFetchResponse,
  decodeOffsetForLeaderEpochResponse,
  decodeProduceResponse,
  encodeAlterClientQuotasRequest,
  encodeAlterConfigsRequest,
  encodeApiVersionsRequest,
  encodeCreatePartitionsRequest,
  encodeCreateTopicsRequest,
  encodeDeleteRecordsRequest,
  encodeDeleteTopicsRequest,
  encodeDescribeClientQuotasRequest,
  encodeDescribeClusterRequest,
  encodeDescribeConfigsRequest,
  encodeDescribeLogDirsRequest,
  encodeDescribeTopicPartitionsRequest,
  encodeFetchRequest,
  encodeIncrementalAlterConfigsRequest,
  encodeListOffsetsRequest,
  encodeMetadataRequest,
  encodeOffsetCommitRequest,
  encodeOffsetFetchRequest,
  encodeOffsetForLeaderEpochRequest,
  encodeProduceRequest,
} from "@kaelix/protocol/messages";

import type { ClientCodec } from "./wire-client.ts";

function codec<Request, Response>(
  api: ClientCodec<Request, Response>["api"],
  encodeRequest: ClientCodec<Request, Response>["encodeRequest"],
  decodeResponse: ClientCodec<Request, Response>["decodeResponse"],
): ClientCodec<Request, Response> {
  return { api, encodeRequest, decodeResponse };
}

/** Codecs by API. */
export const codecs = {
  alterClientQuotas: codec("AlterClientQuotas", encodeAlterClientQuotasRequest, decodeAlterClientQuotasResponse),
  alterConfigs: codec("AlterConfigs", encodeAlterConfigsRequest, decodeAlterConfigsResponse),
  apiVersions: codec("ApiVersions", encodeApiVersionsRequest, decodeApiVersionsResponse),
  createPartitions: codec("CreatePartitions", encodeCreatePartitionsRequest, decodeCreatePartitionsResponse),
  createTopics: codec("CreateTopics", encodeCreateTopicsRequest, decodeCreateTopicsResponse),
  deleteRecords: codec("DeleteRecords", encodeDeleteRecordsRequest, decodeDeleteRecordsResponse),
  deleteTopics: codec("DeleteTopics", encodeDeleteTopicsRequest, decodeDeleteTopicsResponse),
  describeClientQuotas: codec(
    "DescribeClientQuotas",
    encodeDescribeClientQuotasRequest,
    decodeDescribeClientQuotasResponse,
  ),
  describeCluster: codec("DescribeCluster", encodeDescribeClusterRequest, decodeDescribeClusterResponse),
  describeConfigs: codec("DescribeConfigs", encodeDescribeConfigsRequest, decodeDescribeConfigsResponse),
  describeLogDirs: codec("DescribeLogDirs", encodeDescribeLogDirsRequest, decodeDescribeLogDirsResponse),
  describeTopicPartitions: codec(
    "DescribeTopicPartitions",
    encodeDescribeTopicPartitionsRequest,
    decodeDescribeTopicPartitionsResponse,
  ),
  fetch: codec("Fetch", encodeFetchRequest, decodeFetchResponse),
  incrementalAlterConfigs: codec(
    "IncrementalAlterConfigs",
    encodeIncrementalAlterConfigsRequest,
    decodeIncrementalAlterConfigsResponse,
  ),
  listOffsets: codec("ListOffsets", encodeListOffsetsRequest, decodeListOffsetsResponse),
  metadata: codec("Metadata", encodeMetadataRequest, decodeMetadataResponse),
  offsetCommit: codec("OffsetCommit", encodeOffsetCommitRequest, decodeOffsetCommitResponse),
  offsetFetch: codec("OffsetFetch", encodeOffsetFetchRequest, decodeOffsetFetchResponse),
  offsetForLeaderEpoch: codec(
    "OffsetForLeaderEpoch",
    encodeOffsetForLeaderEpochRequest,
    decodeOffsetForLeaderEpochResponse,
  ),
  produce: codec("Produce", encodeProduceRequest, decodeProduceResponse),
};
