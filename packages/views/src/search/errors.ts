import { defineErrors } from "@kaelix/base";

/** What the search view throws. */
export const searchErrors = defineErrors({
  "search-closed": { kind: "busy", retry: true, status: 503, text: "Search is closing or starting anew" },
  "search-user-not-loaded": {
    kind: "upstream",
    retry: true,
    status: 503,
    text: "The memories of this person cannot be read for searching now",
  },
});
