import { defineErrors } from "@kaelix/base";

/** What the codecs throw for their caller's own mistakes. Bad bytes from outside are returned as unions, never thrown. */
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
});
