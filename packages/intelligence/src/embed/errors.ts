import { defineErrors } from "@kaelix/base";

/** What embedding throws. No row, message or detail ever carries a text, a key, or what a provider wrote back. */
export const embedErrors = defineErrors({
  "embed-setting-invalid": {
    kind: "input",
    retry: false,
    status: 400,
    text: "The embedding provider is set up wrongly",
  },
  "embed-unreachable": { kind: "upstream", retry: true, status: 502, text: "The embedding provider cannot be reached" },
  "embed-late": { kind: "upstream", retry: true, status: 504, text: "The embedding provider did not answer in time" },
  "embed-busy": { kind: "busy", retry: true, status: 503, text: "The embedding provider asks to wait" },
  "embed-failed": { kind: "upstream", retry: true, status: 502, text: "The embedding provider failed" },
  "embed-refused": { kind: "upstream", retry: false, status: 502, text: "The embedding provider refuses" },
  "embed-answer-invalid": {
    kind: "upstream",
    retry: false,
    status: 502,
    text: "The embedding provider answered with what are no vectors of the texts",
  },
  "embed-paused": { kind: "busy", retry: true, status: 503, text: "Embedding pauses after failures of the provider" },
  "embed-budget-spent": {
    kind: "spent",
    retry: true,
    status: 429,
    text: "The tokens of the day for embedding are spent",
  },
});
