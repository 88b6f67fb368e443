/** Every API the group coordinator answers. */
import type { AnyServedApi } from "../broker/api-table.ts";
import { consumerDescribeApi, consumerHeartbeatApi } from "./apis/consumer-apis.ts";
import {
  type CoordinatorOf,
  deleteGroupsApi,
  describeGroupsApi,
  findCoordinatorApi,
  listGroupsApi,
} from "./apis/admin-apis.ts";
import { heartbeatApi, joinGroupApi, leaveGroupApi, syncGroupApi } from "./apis/classic-apis.ts";
import { offsetCommitApi, txnOffsetCommitApi } from "./apis/offset-commit-apis.ts";
import { offsetDeleteApi, offsetFetchApi } from "./apis/offset-fetch-apis.ts";
import { shareAcknowledgeApi, shareFetchApi } from "./apis/share-fetch-apis.ts";
import { shareDescribeApi, shareHeartbeatApi } from "./apis/share-group-apis.ts";
import { alterShareOffsetsApi, deleteShareOffsetsApi, describeShareOffsetsApi } from "./apis/share-offset-apis.ts";
import type { Groups } from "./groups.ts";
import type { ShareFetchGround } from "./share/share-fetch-run.ts";

/** What the APIs need from the broker. */
export interface GroupApisOptions {
  /** Where a client of a listener reaches this broker: the answer of FindCoordinator. */
  readonly coordinatorOf: CoordinatorOf;
}

/** The APIs of share groups (KIP-932). */
export function shareApis(groups: Groups, ground: ShareFetchGround): AnyServedApi[] {
  return [
    shareHeartbeatApi(groups),
    shareDescribeApi(groups),
    shareFetchApi(groups, ground),
    shareAcknowledgeApi(groups, ground),
    describeShareOffsetsApi(groups),
    alterShareOffsetsApi(groups),
    deleteShareOffsetsApi(groups),
  ];
}

/** The APIs of groups and offsets, with FindCoordinator for groups and transactions. */
export function groupApis(groups: Groups, { coordinatorOf }: GroupApisOptions): AnyServedApi[] {
  return [
    findCoordinatorApi(groups, coordinatorOf),
    joinGroupApi(groups),
    syncGroupApi(groups),
    heartbeatApi(groups),
    leaveGroupApi(groups),
    offsetCommitApi(groups),
    offsetFetchApi(groups),
    offsetDeleteApi(groups),
    txnOffsetCommitApi(groups),
    describeGroupsApi(groups),
    listGroupsApi(groups),
    deleteGroupsApi(groups),
    consumerHeartbeatApi(groups),
    consumerDescribeApi(groups),
  ];
}
