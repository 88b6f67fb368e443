import { defineErrors } from "@kaelix/base";

/** What asking the AI provider throws. No row, message or detail ever carries a text, a key, or what a provider wrote back. */
export const providerErrors = defineErrors({
  "provider-setting-invalid": { kind: "input", retry: false, status: 400, text: "The AI provider is set up wrongly" },
  "provider-unreachable": { kind: "upstream", retry: true, status: 502, text: "The AI provider cannot be reached" },
  "provider-late": { kind: "upstream", retry: true, status: 504, text: "The AI provider did not answer in time" },
  "provider-busy": { kind: "busy", retry: true, status: 503, text: "The AI provider asks to wait" },
  "provider-failed": { kind: "upstream", retry: true, status: 502, text: "The AI provider failed" },
  "provider-refused": { kind: "upstream", retry: false, status: 502, text: "The AI provider refuses" },
  "provider-declined": {
    kind: "upstream",
    retry: false,
    status: 502,
    text: "The AI provider will not say anything on this text",
  },
  "provider-answer-invalid": {
    kind: "upstream",
    retry: false,
    status: 502,
    text: "The AI provider answered with what is no answer",
  },
  "provider-paused": {
    kind: "busy",
    retry: true,
    status: 503,
    text: "Asking pauses after failures of the AI provider",
  },
  "provider-budget-spent": {
    kind: "spent",
    retry: true,
    status: 429,
    text: "What the AI provider may cost today is spent",
  },
});
