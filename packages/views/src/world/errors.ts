import { defineErrors } from "@kaelix/base";

/** What the world view throws. */
export const worldErrors = defineErrors({
  "world-closed": { kind: "busy", retry: true, status: 503, text: "The connections are closing or starting anew" },
  "world-busy": {
    kind: "busy",
    retry: true,
    status: 503,
    text: "The memories of this person change faster than they are connected: try again in a moment",
  },
});
