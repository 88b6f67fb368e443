/** Settings of outgoing mail: part of the one table in `settings.ts`. */
import { settingParsers } from "@kaelix/base";

const MUST = "smtp://host[:port] or smtps://user:password@host[:port], without a path or options";

/** The settings by key. */
export const mailSettings = {
  smtpUrl: {
    variable: "KAELIX_SMTP",
    parse: parseSmtpUrl,
    fallback: undefined as string | undefined,
    secret: true,
    text: "Mail server that codes and digests are sent by, smtp://host[:port] or smtps://user:password@host; empty: no mail",
  },
  mailFrom: {
    variable: "KAELIX_MAIL_FROM",
    parse: settingParsers.optionalText,
    fallback: undefined as string | undefined,
    text: "Address that mail comes from, such as kaelix@example.com",
  },
} as const;

/** Options in the address would let a setting switch off the check of certificates unseen. */
function parseSmtpUrl(text: string): { readonly value: string } | { readonly must: string } {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "smtp:" && url.protocol !== "smtps:")) return { must: MUST };
  const isBare =
    url.hostname !== "" && (url.pathname === "" || url.pathname === "/") && url.search === "" && url.hash === "";
  return isBare && (url.username === "") === (url.password === "") ? { value: text } : { must: MUST };
}
