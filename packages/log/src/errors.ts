import { defineErrors } from "@kaelix/base";
import { storageErrors } from "@kaelix/streamer";

/**
 * What the adapters of the log throw: the storage's own table, so that an error passes through unchanged, and what only a log on
 * other machines can meet.
 */
export const logErrors = defineErrors({
  ...storageErrors.table,
  "log-unreachable": { kind: "upstream", retry: true, status: 503, text: "Log's servers do not answer as they must" },
  "log-denied": { kind: "denied", retry: false, status: 503, text: "Log's servers refuse this user" },
});
