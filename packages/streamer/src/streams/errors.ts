import { defineErrors } from "@kaelix/base";

/** What streams and their memory throw. */
export const streamErrors = defineErrors({
  "stream-name-invalid": { kind: "input", retry: false, status: 400, text: "Stream name must have 1 to 255 bytes" },
  "stream-missing": { kind: "missing", retry: false, status: 404, text: "Stream does not exist" },
  "stream-settings-invalid": { kind: "input", retry: false, status: 400, text: "Stream settings are invalid" },
  "stream-quota-spent": { kind: "spent", retry: true, status: 429, text: "Stream has spent its bytes for now" },
  "stream-record-too-large": {
    kind: "input",
    retry: false,
    status: 413,
    text: "Record is larger than the memory a stream may be granted",
  },
  "streams-full": { kind: "spent", retry: false, status: 429, text: "As many streams exist as the setting allows" },
  "streams-closed": { kind: "busy", retry: true, status: 503, text: "Streams are closed" },
});
