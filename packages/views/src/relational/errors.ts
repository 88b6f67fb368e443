import { defineErrors } from "@kaelix/base";

/** What the relational view and the runner throw. */
export const viewErrors = defineErrors({
  "views-directory-locked": {
    kind: "conflict",
    retry: false,
    status: 409,
    text: "Another process has the directory of this view open",
  },
  "views-database-failed": {
    kind: "upstream",
    retry: true,
    status: 503,
    text: "Database of the view has stopped: it is opened again at the next start",
  },
  "views-database-refused": {
    kind: "upstream",
    retry: false,
    status: 500,
    text: "Database refused a statement",
  },
  "views-archive-damaged": {
    kind: "corrupt",
    retry: false,
    status: 500,
    text: "Archive of the database is damaged: the log fills the view again",
  },
  "views-database-closed": { kind: "busy", retry: false, status: 503, text: "Database of the view is closed" },
  "views-schema-mismatch": {
    kind: "conflict",
    retry: false,
    status: 500,
    text: "Tables in the database were made by another version: drop them, the log fills them again",
  },
  "views-offset-gap": {
    kind: "conflict",
    retry: true,
    status: 409,
    text: "Batch begins after the offset that the view goes on from: follow again from that offset",
  },
  "views-failed": { kind: "upstream", retry: true, status: 503, text: "View has failed: other views go on" },
  "views-unknown": { kind: "missing", retry: false, status: 404, text: "There is no view of this name" },
  "views-stopped": { kind: "busy", retry: false, status: 503, text: "Runner of the views is stopped" },
});
