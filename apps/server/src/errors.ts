import { defineErrors } from "@kaelix/base";

/** What starting the server throws. Each text says what is safe and what to do. */
export const serverErrors = defineErrors({
  "data-directory-unusable": {
    kind: "input",
    retry: false,
    status: 500,
    text: "Data directory cannot be used",
  },
  "disk-space-low": {
    kind: "spent",
    retry: false,
    status: 507,
    text: "Too little space is free on the disk of the data directory",
  },
  "node-too-old": { kind: "input", retry: false, status: 500, text: "Node is too old: 24 or newer is needed" },
  "port-refused": { kind: "input", retry: false, status: 500, text: "Port must be a whole number from 0 to 65535" },
});
