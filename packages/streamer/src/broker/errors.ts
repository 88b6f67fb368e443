import { defineErrors, isKaelixError } from "@kaelix/base";
import { KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";

/** What the broker throws. What it tells a client are Kafka's codes. */
export const brokerErrors = defineErrors({
  "broker-config-invalid": { kind: "input", retry: false, status: 400, text: "Broker configuration is wrong" },
  "broker-listen-failed": {
    kind: "conflict",
    retry: true,
    status: 503,
    text: "Cannot listen: the address is taken or does not exist",
  },
  "broker-connection-unusable": {
    kind: "input",
    retry: false,
    status: 400,
    text: "Connection must be closed: the request has no answer that could say what is wrong",
  },
});

const KAFKA_CODES: Readonly<Record<string, KafkaErrorCode>> = {
  "log-topic-missing": KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION,
  "log-topic-mismatch": KAFKA_ERRORS.TOPIC_ALREADY_EXISTS,
  "log-topic-invalid": KAFKA_ERRORS.INVALID_REQUEST,
  "log-batch-invalid": KAFKA_ERRORS.CORRUPT_MESSAGE,
  "log-offset-out-of-range": KAFKA_ERRORS.OFFSET_OUT_OF_RANGE,
  "log-record-too-large": KAFKA_ERRORS.MESSAGE_TOO_LARGE,
  "log-disk-full": KAFKA_ERRORS.KAFKA_STORAGE_ERROR,
  "log-disk-failed": KAFKA_ERRORS.KAFKA_STORAGE_ERROR,
  "log-closed": KAFKA_ERRORS.NOT_LEADER_OR_FOLLOWER,
};

/** An error as a client is told it. */
export interface ClientError {
  readonly code: KafkaErrorCode;
  readonly message: string;
}

/** What a client is told of an error; one that is not ours keeps its text to itself. */
export function clientError(error: unknown): ClientError {
  if (isKaelixError(error)) {
    return { code: KAFKA_CODES[error.code] ?? KAFKA_ERRORS.UNKNOWN_SERVER_ERROR, message: error.message };
  }
  return { code: KAFKA_ERRORS.UNKNOWN_SERVER_ERROR, message: "The broker failed in an unexpected way" };
}

/** As `clientError`; one that is not ours is reported as well. */
export function reportedError(error: unknown, report: (error: unknown) => void): ClientError {
  if (!isKaelixError(error)) report(error);
  return clientError(error);
}

/** The code of a piece of work that answers with nothing else. Throws what is not ours. */
export async function codeOf(work: Promise<unknown>): Promise<KafkaErrorCode> {
  try {
    await work;
    return KAFKA_ERRORS.NONE;
  } catch (error) {
    if (!isKaelixError(error)) throw error;
    return clientError(error).code;
  }
}
