import { APIS, KAFKA_ERRORS } from "@kaelix/protocol";
import {
  decodeEndTxnRequest,
  encodeEndTxnResponse,
  type EndTxnRequest,
  type EndTxnResponse,
} from "@kaelix/protocol/messages";

import type { ServedApi } from "../../broker/api.ts";
import { mayTransactionalId, toldAs, type TransactionApisContext } from "./context.ts";

const FENCED_SINCE_VERSION = 2;
const VERSION_2_SINCE_VERSION = 5;

/** Serves EndTxn: commit or abort, and from version 5 on the producer's next epoch. */
export function endTxnApi(apis: TransactionApisContext): ServedApi<EndTxnRequest, EndTxnResponse> {
  return {
    key: APIS.EndTxn.key,
    decodeRequest: decodeEndTxnRequest,
    encodeResponse: encodeEndTxnResponse,
    handle: async (request, context) => {
      const { committed, producerEpoch, producerId, transactionalId } = request;
      if (!mayTransactionalId({ apis, context }, "write", transactionalId)) {
        return { errorCode: KAFKA_ERRORS.TRANSACTIONAL_ID_AUTHORIZATION_FAILED };
      }
      const transactionVersion = context.version >= VERSION_2_SINCE_VERSION ? 2 : 1;
      const end = { producerId, producerEpoch, committed, transactionVersion };
      const answer = await apis.transactions.end(transactionalId, end);
      if (typeof answer === "number") return { errorCode: toldAs(answer, context.version, FENCED_SINCE_VERSION) };
      return { errorCode: KAFKA_ERRORS.NONE, ...answer };
    },
    failed: (_request, errorCode) => ({ errorCode }),
  };
}
