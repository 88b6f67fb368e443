/**
 * Fetch: whole batches from offsets on; waits for more where asked to, without polling and with one timer per request.
 *
 *     read ──enough, an error, or no time to wait──► answer
 *       └── park ──something became visible, time is up, client gone──► read
 *
 * Guarantees: the batch that holds the offset is returned whole, and the first batch of a response however large it is; records are not
 * copied between storage and socket. Sessions are refused with id 0, so every request names all its partitions (KIP-227).
 */
import { APIS, KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";
import {
  decodeFetchRequest,
  encodeFetchResponse,
  type FetchRequest,
  type FetchResponse,
} from "@kaelix/protocol/messages";

import type { RequestContext, ServedApi } from "../api.ts";
import { FetchRun } from "../fetch-run.ts";
import type { Ground } from "../ground.ts";

/** Serves Fetch. */
export function fetchApi(ground: Ground): ServedApi<FetchRequest, FetchResponse> {
  return {
    key: APIS.Fetch.key,
    decodeRequest: decodeFetchRequest,
    encodeResponse: encodeFetchResponse,
    handle: (request, context) => handle(ground, request, context),
    failed: (request, errorCode) => ({
      errorCode,
      sessionId: 0,
      responses: request.topics.map(({ partitions, topic, topicId }) => ({
        topic,
        topicId,
        partitions: partitions.map(({ partition }) => ({
          partitionIndex: partition,
          errorCode,
          highWatermark: -1,
          abortedTransactions: null,
          records: new Uint8Array(0),
        })),
      })),
    }),
  };
}

function handle(
  ground: Ground,
  request: FetchRequest,
  context: RequestContext,
): FetchResponse | Promise<FetchResponse | undefined> {
  const refusal = sessionRefusal(request);
  if (refusal !== undefined) return { errorCode: refusal, sessionId: 0, responses: [] };
  return new FetchRun(ground, request, context).answer();
}

/** There are no sessions: a client that speaks of one begins anew. */
function sessionRefusal({ sessionEpoch, sessionId }: FetchRequest): KafkaErrorCode | undefined {
  if (sessionId !== 0) return KAFKA_ERRORS.FETCH_SESSION_ID_NOT_FOUND;
  return sessionEpoch > 0 ? KAFKA_ERRORS.INVALID_FETCH_SESSION_EPOCH : undefined;
}
