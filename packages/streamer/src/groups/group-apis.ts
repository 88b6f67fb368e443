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
import type { Groups } from "./groups.ts";

/** What the APIs need from the broker. */
export interface GroupApisOptions {
  /** Where a client of a listener reaches this broker: the answer of FindCoordinator. */
  readonly coordinatorOf: CoordinatorOf;
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
