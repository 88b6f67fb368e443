/** Every API the transaction coordinator answers. FindCoordinator and TxnOffsetCommit are the groups'. */
import { type Clock, systemClock } from "@kaelix/base";

import type { AnyServedApi } from "../broker/api-table.ts";
import { addOffsetsToTxnApi, addPartitionsToTxnApi } from "./apis/add-to-transaction.ts";
import { describeTransactionsApi, listTransactionsApi, writeTxnMarkersApi } from "./apis/admin-apis.ts";
import type { TransactionApisContext } from "./apis/context.ts";
import { endTxnApi } from "./apis/end-txn.ts";
import { initProducerIdApi } from "./apis/init-producer-id.ts";
import type { Transactions } from "./coordinator.ts";

/** What the APIs need beside the coordinator. */
export interface TransactionApisOptions extends Omit<TransactionApisContext, "transactions" | "offsetsPartitionOf"> {
  /** The partition of `__consumer_offsets` that keeps a group's offsets. Default: the one there is. */
  readonly offsetsPartitionOf?: (groupId: string) => number;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/** InitProducerId, AddPartitionsToTxn, AddOffsetsToTxn, EndTxn, WriteTxnMarkers, DescribeTransactions, ListTransactions. */
export function transactionApis(transactions: Transactions, options: TransactionApisOptions): AnyServedApi[] {
  const { clock = systemClock, offsetsPartitionOf = () => 0, ...others } = options;
  const context: TransactionApisContext = { ...others, transactions, offsetsPartitionOf };
  return [
    initProducerIdApi(context),
    addPartitionsToTxnApi(context),
    addOffsetsToTxnApi(context),
    endTxnApi(context),
    writeTxnMarkersApi(context),
    describeTransactionsApi(context),
    listTransactionsApi(context, () => clock.nowMs()),
  ];
}
