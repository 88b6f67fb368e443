import { assert } from "@kaelix/base";
import { type BatchHeader, inspectBatch, readBatchHeader } from "@kaelix/protocol";

import { storageErrors } from "./errors.ts";

/**
 * The header of a batch that is to be appended; a batch that is not trusted is checked first.
 * @throws `log-batch-invalid`
 */
export function checkBatch(bytes: Uint8Array, trusted: boolean): BatchHeader {
  if (trusted) {
    const header = readBatchHeader(bytes);
    assert(header !== undefined, "A trusted batch has a header");
    return header;
  }
  const inspection = inspectBatch(bytes, 0);
  if (inspection.type !== "batch" || inspection.header.sizeBytes !== bytes.length) {
    const reason = inspection.type === "bad" ? inspection.reason : "length";
    throw storageErrors("log-batch-invalid", { details: { reason } });
  }
  const { header } = inspection;
  if (header.recordCount !== header.lastOffsetDelta + 1) {
    throw storageErrors("log-batch-invalid", { details: { reason: "record count" } });
  }
  return header;
}
