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
  "tls-unusable": { kind: "input", retry: false, status: 500, text: "TLS cannot be served with these files" },
  "node-too-old": { kind: "input", retry: false, status: 500, text: "Node is too old: 24 or newer is needed" },
  "cursor-invalid": {
    kind: "input",
    retry: false,
    status: 400,
    text: "Cursor is not one of this list: begin again without it",
  },
  "view-behind": {
    kind: "busy",
    retry: true,
    status: 503,
    text: "What was told is safe on the log; the view that answers is still behind it: try again in a moment",
  },
  "erasure-unconfirmed": {
    kind: "input",
    retry: false,
    status: 422,
    text: "Cannot erase the account: what was typed is not its phone number",
  },
  "backup-target-invalid": { kind: "input", retry: false, status: 409, text: "Backups cannot be kept there" },
  "backup-target-failed": { kind: "upstream", retry: true, status: 503, text: "The place of backups cannot be used" },
  "backup-missing": { kind: "missing", retry: false, status: 404, text: "There is no backup" },
  "backup-damaged": { kind: "corrupt", retry: false, status: 409, text: "Backup is damaged" },
  "backup-foreign": {
    kind: "conflict",
    retry: false,
    status: 409,
    text: "The place holds backups of another installation: choose another",
  },
  "backup-off": { kind: "input", retry: false, status: 409, text: "No place for backups is set" },
  "restore-not-empty": { kind: "conflict", retry: false, status: 409, text: "Data directory is not empty" },
  "transit-token-missing": {
    kind: "input",
    retry: false,
    status: 500,
    text: "Vault or OpenBao cannot be asked without a token: set KAELIX_TRANSIT_TOKEN_FILE to a file that holds it",
  },
  "sources-invalid": { kind: "input", retry: false, status: 500, text: "Sources of memories cannot be understood" },
  "kafka-door-invalid": { kind: "input", retry: false, status: 500, text: "Kafka clients cannot be served so" },
  "part-missing": { kind: "bug", retry: false, status: 500, text: "A part of the house is used before it is open" },
  "nobody-signed-up": {
    kind: "denied",
    retry: false,
    status: 401,
    text: "Nobody has signed up here yet: start the server with kaelix serve and open the page it prints",
  },
  "log-file-broken": { kind: "corrupt", retry: false, status: 500, text: "A file of the log cannot be understood" },
  "rebuild-would-lose": {
    kind: "conflict",
    retry: false,
    status: 409,
    text: "The log has lost records that the view may still hold: rebuilding it would lose them for good",
  },
  "action-unknown": { kind: "input", retry: false, status: 400, text: "There is no such action" },
  "port-refused": { kind: "input", retry: false, status: 400, text: "Port must be a whole number from 0 to 65535" },
});
