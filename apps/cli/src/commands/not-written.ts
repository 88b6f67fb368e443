import type { StreamedAnswer } from "@kaelix/contract/answer-stream";

/** Why nobody wrote though a provider writes here. */
export const NOT_WRITTEN: Readonly<Record<NonNullable<StreamedAnswer["not_written"]>, string>> = {
  withheld: "this is too private to be sent to a provider",
  late: "the provider did not answer in time",
  down: "the provider cannot be asked now",
  spent: "what the provider may cost today is spent",
  unsupported: "nothing that the provider wrote stood on your memories",
  conflict: "your memories tell different things",
  kept: "you keep yours from AI providers",
};
