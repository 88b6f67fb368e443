/** Settings of what goes out of the house by itself: part of the one table in `settings.ts`. */
import { settingParsers } from "@kaelix/base";

/** The settings by key. */
export const daySettings = {
  webhooksPrivate: {
    variable: "KAELIX_WEBHOOKS_PRIVATE",
    parse: settingParsers.flag,
    fallback: false,
    text: "Let webhooks of people go to this machine and to private networks too, there also without TLS",
  },
} as const;
