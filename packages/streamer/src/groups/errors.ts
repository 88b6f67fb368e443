import { defineErrors } from "@kaelix/base";

/** What the group coordinator throws. */
export const groupErrors = defineErrors({
  "group-name-invalid": {
    kind: "input",
    retry: false,
    status: 400,
    text: "Cannot keep the offset: the name of the group or topic must have at most 32,767 bytes",
  },
  "group-store-missing": {
    kind: "bug",
    retry: false,
    status: 500,
    text: "Cannot open groups: their internal topic has no leader",
  },
});
