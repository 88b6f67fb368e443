// Written by tools/generate-protocol.ts from src/schemas; do not edit.
export {
  decodeProduceRequest, encodeProduceRequest, type ProduceRequest, type TopicProduceData, type PartitionProduceData,
  decodeProduceResponse, encodeProduceResponse, type ProduceResponse, type TopicProduceResponse,
  type PartitionProduceResponse, type BatchIndexAndErrorMessage, type ProduceLeaderIdAndEpoch,
  type ProduceNodeEndpoint,
} from "./produce.ts";
export {
  decodeFetchRequest, encodeFetchRequest, type FetchRequest, type ReplicaState, type FetchFetchTopic,
  type FetchFetchPartition, type FetchForgottenTopic,
} from "./fetch-request.ts";
export {
  decodeFetchResponse, encodeFetchResponse, type FetchResponse, type FetchableTopicResponse, type FetchPartitionData,
  type FetchEpochEndOffset, type FetchLeaderIdAndEpoch, type SnapshotId, type AbortedTransaction,
  type FetchNodeEndpoint,
} from "./fetch-response.ts";
export {
  decodeListOffsetsRequest, encodeListOffsetsRequest, type ListOffsetsRequest, type ListOffsetsTopic,
  type ListOffsetsPartition, decodeListOffsetsResponse, encodeListOffsetsResponse, type ListOffsetsResponse,
  type ListOffsetsTopicResponse, type ListOffsetsPartitionResponse,
} from "./list-offsets.ts";
export {
  decodeMetadataRequest, encodeMetadataRequest, type MetadataRequest, type MetadataRequestTopic,
  decodeMetadataResponse, encodeMetadataResponse, type MetadataResponse, type MetadataResponseBroker,
  type MetadataResponseTopic, type MetadataResponsePartition,
} from "./metadata.ts";
export {
  decodeOffsetCommitRequest, encodeOffsetCommitRequest, type OffsetCommitRequest, type OffsetCommitRequestTopic,
  type OffsetCommitRequestPartition, decodeOffsetCommitResponse, encodeOffsetCommitResponse,
  type OffsetCommitResponse, type OffsetCommitResponseTopic, type OffsetCommitResponsePartition,
} from "./offset-commit.ts";
export {
  decodeOffsetFetchRequest, encodeOffsetFetchRequest, type OffsetFetchRequest, type OffsetFetchRequestTopic,
  type OffsetFetchRequestGroup, type OffsetFetchRequestTopics, decodeOffsetFetchResponse, encodeOffsetFetchResponse,
  type OffsetFetchResponse, type OffsetFetchResponseTopic, type OffsetFetchResponsePartition,
  type OffsetFetchResponseGroup, type OffsetFetchResponseTopics, type OffsetFetchResponsePartitions,
} from "./offset-fetch.ts";
export {
  decodeFindCoordinatorRequest, encodeFindCoordinatorRequest, type FindCoordinatorRequest,
  decodeFindCoordinatorResponse, encodeFindCoordinatorResponse, type FindCoordinatorResponse, type Coordinator,
} from "./find-coordinator.ts";
export {
  decodeJoinGroupRequest, encodeJoinGroupRequest, type JoinGroupRequest, type JoinGroupRequestProtocol,
  decodeJoinGroupResponse, encodeJoinGroupResponse, type JoinGroupResponse, type JoinGroupResponseMember,
} from "./join-group.ts";
export {
  decodeHeartbeatRequest, encodeHeartbeatRequest, type HeartbeatRequest, decodeHeartbeatResponse,
  encodeHeartbeatResponse, type HeartbeatResponse,
} from "./heartbeat.ts";
export {
  decodeLeaveGroupRequest, encodeLeaveGroupRequest, type LeaveGroupRequest, type MemberIdentity,
  decodeLeaveGroupResponse, encodeLeaveGroupResponse, type LeaveGroupResponse, type MemberResponse,
} from "./leave-group.ts";
export {
  decodeSyncGroupRequest, encodeSyncGroupRequest, type SyncGroupRequest, type SyncGroupRequestAssignment,
  decodeSyncGroupResponse, encodeSyncGroupResponse, type SyncGroupResponse,
} from "./sync-group.ts";
export {
  decodeDescribeGroupsRequest, encodeDescribeGroupsRequest, type DescribeGroupsRequest, decodeDescribeGroupsResponse,
  encodeDescribeGroupsResponse, type DescribeGroupsResponse, type DescribeGroupsDescribedGroup,
  type DescribedGroupMember,
} from "./describe-groups.ts";
export {
  decodeListGroupsRequest, encodeListGroupsRequest, type ListGroupsRequest, decodeListGroupsResponse,
  encodeListGroupsResponse, type ListGroupsResponse, type ListedGroup,
} from "./list-groups.ts";
export {
  decodeSaslHandshakeRequest, encodeSaslHandshakeRequest, type SaslHandshakeRequest, decodeSaslHandshakeResponse,
  encodeSaslHandshakeResponse, type SaslHandshakeResponse,
} from "./sasl-handshake.ts";
export {
  decodeApiVersionsRequest, encodeApiVersionsRequest, type ApiVersionsRequest, decodeApiVersionsResponse,
  encodeApiVersionsResponse, type ApiVersionsResponse, type ApiVersion, type SupportedFeatureKey,
  type FinalizedFeatureKey,
} from "./api-versions.ts";
export {
  decodeCreateTopicsRequest, encodeCreateTopicsRequest, type CreateTopicsRequest, type CreatableTopic,
  type CreatableReplicaAssignment, type CreatableTopicConfig, decodeCreateTopicsResponse, encodeCreateTopicsResponse,
  type CreateTopicsResponse, type CreatableTopicResult, type CreatableTopicConfigs,
} from "./create-topics.ts";
export {
  decodeDeleteTopicsRequest, encodeDeleteTopicsRequest, type DeleteTopicsRequest, type DeleteTopicState,
  decodeDeleteTopicsResponse, encodeDeleteTopicsResponse, type DeleteTopicsResponse, type DeletableTopicResult,
} from "./delete-topics.ts";
export {
  decodeDeleteRecordsRequest, encodeDeleteRecordsRequest, type DeleteRecordsRequest, type DeleteRecordsTopic,
  type DeleteRecordsPartition, decodeDeleteRecordsResponse, encodeDeleteRecordsResponse, type DeleteRecordsResponse,
  type DeleteRecordsTopicResult, type DeleteRecordsPartitionResult,
} from "./delete-records.ts";
export {
  decodeInitProducerIdRequest, encodeInitProducerIdRequest, type InitProducerIdRequest, decodeInitProducerIdResponse,
  encodeInitProducerIdResponse, type InitProducerIdResponse,
} from "./init-producer-id.ts";
export {
  decodeOffsetForLeaderEpochRequest, encodeOffsetForLeaderEpochRequest, type OffsetForLeaderEpochRequest,
  type OffsetForLeaderTopic, type OffsetForLeaderPartition, decodeOffsetForLeaderEpochResponse,
  encodeOffsetForLeaderEpochResponse, type OffsetForLeaderEpochResponse, type OffsetForLeaderTopicResult,
  type OffsetForLeaderEpochEpochEndOffset,
} from "./offset-for-leader-epoch.ts";
export {
  decodeAddPartitionsToTxnRequest, encodeAddPartitionsToTxnRequest, type AddPartitionsToTxnRequest,
  type AddPartitionsToTxnTransaction, type AddPartitionsToTxnTopic, decodeAddPartitionsToTxnResponse,
  encodeAddPartitionsToTxnResponse, type AddPartitionsToTxnResponse, type AddPartitionsToTxnResult,
  type AddPartitionsToTxnTopicResult, type AddPartitionsToTxnPartitionResult,
} from "./add-partitions-to-txn.ts";
export {
  decodeAddOffsetsToTxnRequest, encodeAddOffsetsToTxnRequest, type AddOffsetsToTxnRequest,
  decodeAddOffsetsToTxnResponse, encodeAddOffsetsToTxnResponse, type AddOffsetsToTxnResponse,
} from "./add-offsets-to-txn.ts";
export {
  decodeEndTxnRequest, encodeEndTxnRequest, type EndTxnRequest, decodeEndTxnResponse, encodeEndTxnResponse,
  type EndTxnResponse,
} from "./end-txn.ts";
export {
  decodeWriteTxnMarkersRequest, encodeWriteTxnMarkersRequest, type WriteTxnMarkersRequest, type WritableTxnMarker,
  type WritableTxnMarkerTopic, decodeWriteTxnMarkersResponse, encodeWriteTxnMarkersResponse,
  type WriteTxnMarkersResponse, type WritableTxnMarkerResult, type WritableTxnMarkerTopicResult,
  type WritableTxnMarkerPartitionResult,
} from "./write-txn-markers.ts";
export {
  decodeTxnOffsetCommitRequest, encodeTxnOffsetCommitRequest, type TxnOffsetCommitRequest,
  type TxnOffsetCommitRequestTopic, type TxnOffsetCommitRequestPartition, decodeTxnOffsetCommitResponse,
  encodeTxnOffsetCommitResponse, type TxnOffsetCommitResponse, type TxnOffsetCommitResponseTopic,
  type TxnOffsetCommitResponsePartition,
} from "./txn-offset-commit.ts";
export {
  decodeDescribeAclsRequest, encodeDescribeAclsRequest, type DescribeAclsRequest, decodeDescribeAclsResponse,
  encodeDescribeAclsResponse, type DescribeAclsResponse, type DescribeAclsResource, type AclDescription,
} from "./describe-acls.ts";
export {
  decodeCreateAclsRequest, encodeCreateAclsRequest, type CreateAclsRequest, type AclCreation,
  decodeCreateAclsResponse, encodeCreateAclsResponse, type CreateAclsResponse, type AclCreationResult,
} from "./create-acls.ts";
export {
  decodeDeleteAclsRequest, encodeDeleteAclsRequest, type DeleteAclsRequest, type DeleteAclsFilter,
  decodeDeleteAclsResponse, encodeDeleteAclsResponse, type DeleteAclsResponse, type DeleteAclsFilterResult,
  type DeleteAclsMatchingAcl,
} from "./delete-acls.ts";
export {
  decodeDescribeConfigsRequest, encodeDescribeConfigsRequest, type DescribeConfigsRequest,
  type DescribeConfigsResource, decodeDescribeConfigsResponse, encodeDescribeConfigsResponse,
  type DescribeConfigsResponse, type DescribeConfigsResult, type DescribeConfigsResourceResult,
  type DescribeConfigsSynonym,
} from "./describe-configs.ts";
export {
  decodeAlterConfigsRequest, encodeAlterConfigsRequest, type AlterConfigsRequest,
  type AlterConfigsAlterConfigsResource, type AlterConfigsAlterableConfig, decodeAlterConfigsResponse,
  encodeAlterConfigsResponse, type AlterConfigsResponse, type AlterConfigsAlterConfigsResourceResponse,
} from "./alter-configs.ts";
export {
  decodeAlterReplicaLogDirsRequest, encodeAlterReplicaLogDirsRequest, type AlterReplicaLogDirsRequest,
  type AlterReplicaLogDir, type AlterReplicaLogDirTopic, decodeAlterReplicaLogDirsResponse,
  encodeAlterReplicaLogDirsResponse, type AlterReplicaLogDirsResponse, type AlterReplicaLogDirTopicResult,
  type AlterReplicaLogDirPartitionResult,
} from "./alter-replica-log-dirs.ts";
export {
  decodeDescribeLogDirsRequest, encodeDescribeLogDirsRequest, type DescribeLogDirsRequest,
  type DescribableLogDirTopic, decodeDescribeLogDirsResponse, encodeDescribeLogDirsResponse,
  type DescribeLogDirsResponse, type DescribeLogDirsResult, type DescribeLogDirsTopic, type DescribeLogDirsPartition,
} from "./describe-log-dirs.ts";
export {
  decodeSaslAuthenticateRequest, encodeSaslAuthenticateRequest, type SaslAuthenticateRequest,
  decodeSaslAuthenticateResponse, encodeSaslAuthenticateResponse, type SaslAuthenticateResponse,
} from "./sasl-authenticate.ts";
export {
  decodeCreatePartitionsRequest, encodeCreatePartitionsRequest, type CreatePartitionsRequest,
  type CreatePartitionsTopic, type CreatePartitionsAssignment, decodeCreatePartitionsResponse,
  encodeCreatePartitionsResponse, type CreatePartitionsResponse, type CreatePartitionsTopicResult,
} from "./create-partitions.ts";
export {
  decodeDeleteGroupsRequest, encodeDeleteGroupsRequest, type DeleteGroupsRequest, decodeDeleteGroupsResponse,
  encodeDeleteGroupsResponse, type DeleteGroupsResponse, type DeletableGroupResult,
} from "./delete-groups.ts";
export {
  decodeElectLeadersRequest, encodeElectLeadersRequest, type ElectLeadersRequest, type ElectLeadersTopicPartitions,
  decodeElectLeadersResponse, encodeElectLeadersResponse, type ElectLeadersResponse, type ReplicaElectionResult,
  type PartitionResult,
} from "./elect-leaders.ts";
export {
  decodeIncrementalAlterConfigsRequest, encodeIncrementalAlterConfigsRequest, type IncrementalAlterConfigsRequest,
  type IncrementalAlterConfigsAlterConfigsResource, type IncrementalAlterConfigsAlterableConfig,
  decodeIncrementalAlterConfigsResponse, encodeIncrementalAlterConfigsResponse, type IncrementalAlterConfigsResponse,
  type IncrementalAlterConfigsAlterConfigsResourceResponse,
} from "./incremental-alter-configs.ts";
export {
  decodeAlterPartitionReassignmentsRequest, encodeAlterPartitionReassignmentsRequest,
  type AlterPartitionReassignmentsRequest, type ReassignableTopic, type ReassignablePartition,
  decodeAlterPartitionReassignmentsResponse, encodeAlterPartitionReassignmentsResponse,
  type AlterPartitionReassignmentsResponse, type ReassignableTopicResponse, type ReassignablePartitionResponse,
} from "./alter-partition-reassignments.ts";
export {
  decodeListPartitionReassignmentsRequest, encodeListPartitionReassignmentsRequest,
  type ListPartitionReassignmentsRequest, type ListPartitionReassignmentsTopics,
  decodeListPartitionReassignmentsResponse, encodeListPartitionReassignmentsResponse,
  type ListPartitionReassignmentsResponse, type OngoingTopicReassignment, type OngoingPartitionReassignment,
} from "./list-partition-reassignments.ts";
export {
  decodeOffsetDeleteRequest, encodeOffsetDeleteRequest, type OffsetDeleteRequest, type OffsetDeleteRequestTopic,
  type OffsetDeleteRequestPartition, decodeOffsetDeleteResponse, encodeOffsetDeleteResponse,
  type OffsetDeleteResponse, type OffsetDeleteResponseTopic, type OffsetDeleteResponsePartition,
} from "./offset-delete.ts";
export {
  decodeDescribeClientQuotasRequest, encodeDescribeClientQuotasRequest, type DescribeClientQuotasRequest,
  type ComponentData, decodeDescribeClientQuotasResponse, encodeDescribeClientQuotasResponse,
  type DescribeClientQuotasResponse, type DescribeClientQuotasEntryData, type DescribeClientQuotasEntityData,
  type ValueData,
} from "./describe-client-quotas.ts";
export {
  decodeAlterClientQuotasRequest, encodeAlterClientQuotasRequest, type AlterClientQuotasRequest,
  type AlterClientQuotasRequestEntryData, type AlterClientQuotasRequestEntityData, type OpData,
  decodeAlterClientQuotasResponse, encodeAlterClientQuotasResponse, type AlterClientQuotasResponse,
  type AlterClientQuotasResponseEntryData, type AlterClientQuotasResponseEntityData,
} from "./alter-client-quotas.ts";
export {
  decodeDescribeUserScramCredentialsRequest, encodeDescribeUserScramCredentialsRequest,
  type DescribeUserScramCredentialsRequest, type UserName, decodeDescribeUserScramCredentialsResponse,
  encodeDescribeUserScramCredentialsResponse, type DescribeUserScramCredentialsResponse,
  type DescribeUserScramCredentialsResult, type CredentialInfo,
} from "./describe-user-scram-credentials.ts";
export {
  decodeAlterUserScramCredentialsRequest, encodeAlterUserScramCredentialsRequest,
  type AlterUserScramCredentialsRequest, type ScramCredentialDeletion, type ScramCredentialUpsertion,
  decodeAlterUserScramCredentialsResponse, encodeAlterUserScramCredentialsResponse,
  type AlterUserScramCredentialsResponse, type AlterUserScramCredentialsResult,
} from "./alter-user-scram-credentials.ts";
export {
  decodeDescribeQuorumRequest, encodeDescribeQuorumRequest, type DescribeQuorumRequest, type QuorumTopic,
  type QuorumPartition, decodeDescribeQuorumResponse, encodeDescribeQuorumResponse, type DescribeQuorumResponse,
  type DescribedQuorumTopic, type DescribedQuorumPartition, type QuorumReplica, type QuorumNode, type QuorumListener,
} from "./describe-quorum.ts";
export {
  decodeUpdateFeaturesRequest, encodeUpdateFeaturesRequest, type UpdateFeaturesRequest, type FeatureUpdateKey,
  decodeUpdateFeaturesResponse, encodeUpdateFeaturesResponse, type UpdateFeaturesResponse,
  type UpdatableFeatureResult,
} from "./update-features.ts";
export {
  decodeDescribeClusterRequest, encodeDescribeClusterRequest, type DescribeClusterRequest,
  decodeDescribeClusterResponse, encodeDescribeClusterResponse, type DescribeClusterResponse,
  type DescribeClusterBroker,
} from "./describe-cluster.ts";
export {
  decodeDescribeProducersRequest, encodeDescribeProducersRequest, type DescribeProducersRequest,
  type DescribeProducersTopicRequest, decodeDescribeProducersResponse, encodeDescribeProducersResponse,
  type DescribeProducersResponse, type TopicResponse, type PartitionResponse, type ProducerState,
} from "./describe-producers.ts";
export {
  decodeDescribeTransactionsRequest, encodeDescribeTransactionsRequest, type DescribeTransactionsRequest,
  decodeDescribeTransactionsResponse, encodeDescribeTransactionsResponse, type DescribeTransactionsResponse,
  type DescribeTransactionsTransactionState, type TopicData,
} from "./describe-transactions.ts";
export {
  decodeListTransactionsRequest, encodeListTransactionsRequest, type ListTransactionsRequest,
  decodeListTransactionsResponse, encodeListTransactionsResponse, type ListTransactionsResponse,
  type ListTransactionsTransactionState,
} from "./list-transactions.ts";
export {
  decodeConsumerGroupHeartbeatRequest, encodeConsumerGroupHeartbeatRequest, type ConsumerGroupHeartbeatRequest,
  type ConsumerGroupHeartbeatRequestTopicPartitions, decodeConsumerGroupHeartbeatResponse,
  encodeConsumerGroupHeartbeatResponse, type ConsumerGroupHeartbeatResponse, type ConsumerGroupHeartbeatAssignment,
  type ConsumerGroupHeartbeatResponseTopicPartitions,
} from "./consumer-group-heartbeat.ts";
export {
  decodeConsumerGroupDescribeRequest, encodeConsumerGroupDescribeRequest, type ConsumerGroupDescribeRequest,
  decodeConsumerGroupDescribeResponse, encodeConsumerGroupDescribeResponse, type ConsumerGroupDescribeResponse,
  type ConsumerGroupDescribeDescribedGroup, type ConsumerGroupDescribeMember, type ConsumerGroupDescribeAssignment,
  type ConsumerGroupDescribeTopicPartitions,
} from "./consumer-group-describe.ts";
export {
  decodeListConfigResourcesRequest, encodeListConfigResourcesRequest, type ListConfigResourcesRequest,
  decodeListConfigResourcesResponse, encodeListConfigResourcesResponse, type ListConfigResourcesResponse,
  type ConfigResource,
} from "./list-config-resources.ts";
export {
  decodeDescribeTopicPartitionsRequest, encodeDescribeTopicPartitionsRequest, type DescribeTopicPartitionsRequest,
  type DescribeTopicPartitionsTopicRequest, type DescribeTopicPartitionsRequestCursor,
  decodeDescribeTopicPartitionsResponse, encodeDescribeTopicPartitionsResponse, type DescribeTopicPartitionsResponse,
  type DescribeTopicPartitionsResponseTopic, type DescribeTopicPartitionsResponsePartition,
  type DescribeTopicPartitionsResponseCursor,
} from "./describe-topic-partitions.ts";
export {
  decodeShareGroupHeartbeatRequest, encodeShareGroupHeartbeatRequest, type ShareGroupHeartbeatRequest,
  decodeShareGroupHeartbeatResponse, encodeShareGroupHeartbeatResponse, type ShareGroupHeartbeatResponse,
  type ShareGroupHeartbeatAssignment, type ShareGroupHeartbeatTopicPartitions,
} from "./share-group-heartbeat.ts";
export {
  decodeShareGroupDescribeRequest, encodeShareGroupDescribeRequest, type ShareGroupDescribeRequest,
  decodeShareGroupDescribeResponse, encodeShareGroupDescribeResponse, type ShareGroupDescribeResponse,
  type ShareGroupDescribeDescribedGroup, type ShareGroupDescribeMember, type ShareGroupDescribeAssignment,
  type ShareGroupDescribeTopicPartitions,
} from "./share-group-describe.ts";
export {
  decodeShareFetchRequest, encodeShareFetchRequest, type ShareFetchRequest, type ShareFetchFetchTopic,
  type ShareFetchFetchPartition, type ShareFetchAcknowledgementBatch, type ShareFetchForgottenTopic,
  decodeShareFetchResponse, encodeShareFetchResponse, type ShareFetchResponse, type ShareFetchableTopicResponse,
  type ShareFetchPartitionData, type ShareFetchLeaderIdAndEpoch, type AcquiredRecords, type ShareFetchNodeEndpoint,
} from "./share-fetch.ts";
export {
  decodeShareAcknowledgeRequest, encodeShareAcknowledgeRequest, type ShareAcknowledgeRequest, type AcknowledgeTopic,
  type AcknowledgePartition, type ShareAcknowledgeAcknowledgementBatch, decodeShareAcknowledgeResponse,
  encodeShareAcknowledgeResponse, type ShareAcknowledgeResponse, type ShareAcknowledgeTopicResponse,
  type ShareAcknowledgePartitionData, type ShareAcknowledgeLeaderIdAndEpoch, type ShareAcknowledgeNodeEndpoint,
} from "./share-acknowledge.ts";
export {
  decodeDescribeShareGroupOffsetsRequest, encodeDescribeShareGroupOffsetsRequest,
  type DescribeShareGroupOffsetsRequest, type DescribeShareGroupOffsetsRequestGroup,
  type DescribeShareGroupOffsetsRequestTopic, decodeDescribeShareGroupOffsetsResponse,
  encodeDescribeShareGroupOffsetsResponse, type DescribeShareGroupOffsetsResponse,
  type DescribeShareGroupOffsetsResponseGroup, type DescribeShareGroupOffsetsResponseTopic,
  type DescribeShareGroupOffsetsResponsePartition,
} from "./describe-share-group-offsets.ts";
export {
  decodeAlterShareGroupOffsetsRequest, encodeAlterShareGroupOffsetsRequest, type AlterShareGroupOffsetsRequest,
  type AlterShareGroupOffsetsRequestTopic, type AlterShareGroupOffsetsRequestPartition,
  decodeAlterShareGroupOffsetsResponse, encodeAlterShareGroupOffsetsResponse, type AlterShareGroupOffsetsResponse,
  type AlterShareGroupOffsetsResponseTopic, type AlterShareGroupOffsetsResponsePartition,
} from "./alter-share-group-offsets.ts";
export {
  decodeDeleteShareGroupOffsetsRequest, encodeDeleteShareGroupOffsetsRequest, type DeleteShareGroupOffsetsRequest,
  type DeleteShareGroupOffsetsRequestTopic, decodeDeleteShareGroupOffsetsResponse,
  encodeDeleteShareGroupOffsetsResponse, type DeleteShareGroupOffsetsResponse,
  type DeleteShareGroupOffsetsResponseTopic,
} from "./delete-share-group-offsets.ts";
