import { defineErrors } from "@kaelix/base";

/**
 * What the codecs throw. `protocol-frame-invalid` is the one answer to bytes that break the protocol's grammar: whoever reads frames
 * closes the connection. Everything else is a mistake of the caller. Bad record batches and bad compressed bytes are returned as
 * unions, never thrown.
 */
export const protocolErrors = defineErrors({
  "protocol-batch-empty": {
    kind: "input",
    retry: false,
    status: 400,
    text: "Record batch must hold at least one record",
  },
  "protocol-batch-too-large": {
    kind: "input",
    retry: false,
    status: 413,
    text: "Record batch must be smaller than 2 GiB",
  },
  "protocol-frame-invalid": {
    kind: "input",
    retry: false,
    status: 400,
    text: "Frame does not follow the Kafka protocol",
  },
  "protocol-message-invalid": {
    kind: "bug",
    retry: false,
    status: 500,
    text: "Message cannot be written in this version of the Kafka protocol",
  },
});
