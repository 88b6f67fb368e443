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
  "erasure-nothing": { kind: "missing", retry: false, status: 404, text: "There is nothing of that to erase" },
  "erasure-over": {
    kind: "conflict",
    retry: false,
    status: 409,
    text: "Cannot undo the erasure: its time has passed and keys are shredded",
  },
  "import-busy": { kind: "busy", retry: true, status: 409, text: "Import is already running" },
  "import-not-waiting": { kind: "conflict", retry: false, status: 409, text: "Import has already been started" },
  "import-not-undoable": { kind: "conflict", retry: false, status: 409, text: "Import has nothing to undo" },
});
