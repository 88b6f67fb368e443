/** What the sections of a digest are called, by their kind. Apart from the routes, which a page that shows them need not load. */
export const DIGEST_TITLES = {
  people: "Who speaks",
  "dates-ahead": "Dates ahead",
  promises: "Promises open",
  "came-in": "Came in",
  quiet: "Gone quiet",
  rhythm: "More than usual",
  "on-this-day": "On this day",
} as const;
