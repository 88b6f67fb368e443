import { alterConfigsApi, incrementalAlterConfigsApi } from "./apis/alter-configs.ts";
import { apiVersionsApi } from "./apis/api-versions.ts";
import { alterClientQuotasApi, describeClientQuotasApi } from "./apis/client-quotas.ts";
import { clusterApis } from "./apis/cluster.ts";
import { createPartitionsApi } from "./apis/create-partitions.ts";
import { createTopicsApi } from "./apis/create-topics.ts";
import { deleteRecordsApi } from "./apis/delete-records.ts";
import { deleteTopicsApi } from "./apis/delete-topics.ts";
import { describeConfigsApi, listConfigResourcesApi } from "./apis/describe-configs.ts";
import { describeProducersApi } from "./apis/describe-producers.ts";
import { describeTopicPartitionsApi } from "./apis/describe-topic-partitions.ts";
import { updateFeaturesApi } from "./apis/features.ts";
import { fetchApi } from "./apis/fetch.ts";
import { listOffsetsApi } from "./apis/list-offsets.ts";
import { alterReplicaLogDirsApi, describeLogDirsApi } from "./apis/log-dirs.ts";
import { metadataApi } from "./apis/metadata.ts";
import { offsetForLeaderEpochApi } from "./apis/offset-for-leader-epoch.ts";
import { produceApi } from "./apis/produce.ts";
import { describeQuorumApi } from "./apis/quorum.ts";
import type { AnyServedApi, ApiTable } from "./api-table.ts";
import type { Ground } from "./ground.ts";
import type { TransactionGate } from "./transaction-gate.ts";

/** The APIs of this room. */
export function brokerApis(ground: Ground, gate: TransactionGate | undefined, table: () => ApiTable): AnyServedApi[] {
  return [
    apiVersionsApi(table),
    metadataApi(ground),
    produceApi(ground, gate),
    fetchApi(ground),
    listOffsetsApi(ground),
    offsetForLeaderEpochApi(ground),
    createTopicsApi(ground),
    deleteTopicsApi(ground),
    createPartitionsApi(ground),
    deleteRecordsApi(ground),
    describeConfigsApi(ground),
    listConfigResourcesApi(ground),
    alterConfigsApi(ground),
    incrementalAlterConfigsApi(ground),
    describeClientQuotasApi(ground),
    alterClientQuotasApi(ground),
    describeTopicPartitionsApi(ground),
    describeProducersApi(ground),
    describeLogDirsApi(ground),
    alterReplicaLogDirsApi(ground),
    describeQuorumApi(ground),
    updateFeaturesApi(ground),
    ...clusterApis(ground),
  ];
}
