import type { StreamedAnswer } from "@kaelix/contract/answer-stream";

/** Why an AI provider put something into no words, as a part of a sentence. */
export const NOT_WRITTEN: Readonly<Record<NonNullable<StreamedAnswer["not_written"]>, string>> = {
  withheld: "this is too private to be sent to the AI provider",
  late: "the AI provider did not answer in time",
  down: "the AI provider cannot be asked now",
  spent: "the AI provider may cost no more today",
  unsupported: "the AI provider wrote nothing that your memories bear out",
  conflict: "your memories tell different things",
  kept: "you keep yours from AI providers",
};
