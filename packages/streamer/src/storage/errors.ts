import { defineErrors, isKaelixError } from "@kaelix/base";

import type { PartitionBounds } from "./contract.ts";
import { isDiskFull } from "./disk.ts";

/** What the storage throws. The codes are those of the `Log` port, so that they reach its callers unchanged. */
export const storageErrors = defineErrors({
  "log-topic-missing": { kind: "missing", retry: false, status: 404, text: "Topic or partition does not exist" },
  "log-topic-mismatch": { kind: "conflict", retry: false, status: 409, text: "Topic exists with other settings" },
  "log-topic-invalid": {
    kind: "input",
    retry: false,
    status: 400,
    text: "Cannot create topic: the name must be 1 to 249 of a-z A-Z 0-9 . _ - and partitions 1 to 10,000",
  },
  "log-batch-invalid": {
    kind: "input",
    retry: false,
    status: 400,
    text: "Cannot append: these are not a record batch",
  },
  "log-offset-out-of-range": { kind: "input", retry: false, status: 416, text: "Offset is outside the partition" },
  "log-record-too-large": { kind: "input", retry: false, status: 413, text: "Record is larger than the topic allows" },
  "log-disk-full": {
    kind: "spent",
    retry: true,
    status: 507,
    text: "Disk is full: nothing new can be kept, reading goes on",
  },
  "log-disk-failed": {
    kind: "corrupt",
    retry: true,
    status: 503,
    text: "Disk refused to make the records durable: they are not acknowledged",
  },
  "log-directory-locked": {
    kind: "conflict",
    retry: false,
    status: 409,
    text: "Another process has this data directory open",
  },
  "log-directory-invalid": {
    kind: "corrupt",
    retry: false,
    status: 500,
    text: "Data directory cannot be understood: nothing in it was changed",
  },
  "log-closed": { kind: "busy", retry: false, status: 503, text: "Log is closed" },
});

/** What a caller is told when the disk answered with an error; an error of ours stays what it is. */
export function refusal(error: unknown): Error {
  if (isKaelixError(error)) return error;
  return storageErrors(isDiskFull(error) ? "log-disk-full" : "log-disk-failed", { cause: error });
}

/** An offset that a partition does not have. `what` completes "Cannot …". */
export function outOfRange(what: string, offset: number, { endOffset, startOffset }: PartitionBounds): Error {
  return storageErrors("log-offset-out-of-range", {
    message: `Cannot ${what}: offset is ${offset}, must be ${startOffset} to ${endOffset}`,
    details: { offset, startOffset, endOffset },
  });
}

/** A batch that is larger than its topic allows. */
export function batchTooLarge(bytes: number, batchBytesMax: number): Error {
  return storageErrors("log-record-too-large", {
    message: `Cannot append: batch has ${bytes} bytes, must be at most ${batchBytesMax}`,
    details: { bytes, batchBytesMax },
  });
}
