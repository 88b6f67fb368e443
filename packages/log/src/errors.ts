import { defineErrors } from "@kaelix/base";
import { storageErrors } from "@kaelix/streamer";

/** What every adapter of the log throws: the storage's own table, so that an error passes through unchanged. */
export const logErrors = defineErrors(storageErrors.table);
