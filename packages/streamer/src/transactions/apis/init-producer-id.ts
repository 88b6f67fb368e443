import { APIS, KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";
import {
  decodeInitProducerIdRequest,
  encodeInitProducerIdResponse,
  type InitProducerIdRequest,
  type InitProducerIdResponse,
} from "@kaelix/protocol/messages";

import type { ServedApi } from "../../broker/api.ts";
import {
  type Asked,
  mayCluster,
  mayTopic,
  mayTransactionalId,
  toldAs,
  type TransactionApisContext,
} from "./context.ts";

const FENCED_SINCE_VERSION = 4;

/** Serves InitProducerId: the identity of producers, idempotent or transactional. */
export function initProducerIdApi(
  apis: TransactionApisContext,
): ServedApi<InitProducerIdRequest, InitProducerIdResponse> {
  return {
    key: APIS.InitProducerId.key,
    decodeRequest: decodeInitProducerIdRequest,
    encodeResponse: encodeInitProducerIdResponse,
    handle: async (request, context) => {
      const asked = { apis, context };
      const refused = refusal(asked, request);
      if (refused !== undefined) return failed(refused);
      const { producerEpoch, producerId, transactionalId, transactionTimeoutMs } = request;
      const expected = producerId < 0 ? undefined : { producerId, producerEpoch };
      const timeoutMs = transactionTimeoutMs;
      const answer = await apis.transactions.initProducer({ transactionalId, timeoutMs, expected });
      if (typeof answer === "number") return failed(toldAs(answer, context.version, FENCED_SINCE_VERSION));
      return { errorCode: KAFKA_ERRORS.NONE, ...answer };
    },
    failed: (_request, errorCode) => failed(errorCode),
  };
}

function failed(errorCode: number): InitProducerIdResponse {
  return { errorCode, producerId: -1, producerEpoch: -1 };
}

function refusal(asked: Asked, request: InitProducerIdRequest): KafkaErrorCode | undefined {
  const { producerEpoch, producerId, transactionalId } = request;
  if (transactionalId === null) {
    if (!mayBeIdempotent(asked)) return KAFKA_ERRORS.CLUSTER_AUTHORIZATION_FAILED;
  } else if (!mayTransactionalId(asked, "write", transactionalId)) {
    return KAFKA_ERRORS.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
  }
  return producerId < 0 === producerEpoch < 0 ? undefined : KAFKA_ERRORS.INVALID_REQUEST;
}

/** Who may write to any topic may do so without duplicates (KIP-679). */
function mayBeIdempotent(asked: Asked): boolean {
  if (mayCluster(asked, "idempotent_write")) return true;
  for (const topic of asked.apis.storage.topics().keys()) if (mayTopic(asked, "write", topic)) return true;
  return false;
}
