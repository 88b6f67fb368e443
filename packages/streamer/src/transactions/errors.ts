import { defineErrors } from "@kaelix/base";

/** What the transaction coordinator throws. */
export const transactionErrors = defineErrors({
  "transactions-topic-missing": {
    kind: "bug",
    retry: false,
    status: 500,
    text: "Cannot open transactions: their internal topic has no leader",
  },
  "transactions-unavailable": {
    kind: "busy",
    retry: true,
    status: 503,
    text: "Cannot change transaction: its state cannot be written now",
  },
});
