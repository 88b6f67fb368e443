import { defineErrors } from "@kaelix/base";

/** What capturing throws. */
export const captureErrors = defineErrors({
  "memory-text-too-long": { kind: "input", retry: false, status: 413, text: "Text is longer than a memory may be" },
  "memory-text-empty": { kind: "input", retry: false, status: 400, text: "Text must hold more than white space" },
  "memory-context-too-large": {
    kind: "input",
    retry: false,
    status: 413,
    text: "Context is larger than 8 KiB of JSON",
  },
  "memory-sealed-away": {
    kind: "corrupt",
    retry: false,
    status: 409,
    text: "Memory cannot be opened: its key is gone or its record is damaged",
  },
  "memory-sealed-by-owner": {
    kind: "conflict",
    retry: false,
    status: 409,
    text: "Its owner's browser sealed this memory: change it there, where it can be opened",
  },
  "memory-not-sealed-by-owner": {
    kind: "conflict",
    retry: false,
    status: 409,
    text: "This memory can be read here: move it to level 4 to seal it, or tell it anew when it stands there",
  },
  "memory-level-rises": {
    kind: "conflict",
    retry: false,
    status: 409,
    text: "What it would say stands at a higher level than the memory: tell it as something new, or let the person change it",
  },
  "memory-files-sealed": {
    kind: "conflict",
    retry: false,
    status: 409,
    text: "What your browser seals cannot have files: keep the files in a memory that can be read here",
  },
  "memory-files-held": {
    kind: "denied",
    retry: false,
    status: 403,
    text: "A program cannot bring files with what waits for the person's word: tell it without them, or let the person tell it",
  },
  "memory-files-too-many": {
    kind: "input",
    retry: false,
    status: 413,
    text: "Cannot keep the files: there are more than a memory may have",
  },
  "file-too-large": { kind: "input", retry: false, status: 413, text: "Cannot keep the file: it is too large" },
  "file-unreadable": {
    kind: "input",
    retry: false,
    status: 422,
    text: "Cannot keep the file: it ended early or went on beyond its size",
  },
  "file-missing": {
    kind: "missing",
    retry: false,
    status: 409,
    text: "There is no such upload: it was told already, or an hour has passed; upload the file again",
  },
  "file-uploads-too-many": {
    kind: "busy",
    retry: true,
    status: 429,
    text: "Too many uploaded files wait for their memory: tell some of them first",
  },
  "file-damaged": {
    kind: "corrupt",
    retry: false,
    status: 409,
    text: "File cannot be opened: a piece of it is missing on the log or is damaged",
  },
  "erasure-nothing": { kind: "missing", retry: false, status: 404, text: "There is nothing of that to erase" },
  "erasure-over": {
    kind: "conflict",
    retry: false,
    status: 409,
    text: "Cannot undo the erasure: its time has passed and keys are shredded",
  },
  "import-busy": { kind: "busy", retry: true, status: 409, text: "Import is already running" },
  "import-not-begun": {
    kind: "conflict",
    retry: false,
    status: 409,
    text: "Nobody began it within a day, so the file was removed and nothing of it kept: import it again",
  },
  "import-not-waiting": { kind: "conflict", retry: false, status: 409, text: "Import has already been started" },
  "import-not-sealed": {
    kind: "conflict",
    retry: false,
    status: 409,
    text: "Import has no file that waits for its passphrase",
  },
  "import-not-undoable": { kind: "conflict", retry: false, status: 409, text: "Import has nothing to undo" },
});
