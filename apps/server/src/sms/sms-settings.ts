/** Settings of outgoing SMS: part of the one table in `settings.ts`. */
import { settingParsers } from "@kaelix/base";

const URL_MUST = "https://account:token@host/path of a provider's address for messages; http:// only on this machine";
const PREFIXES_MUST = "country codes that messages may go to, such as +49,+43";

/** The settings by key. */
export const smsSettings = {
  smsUrl: {
    variable: "KAELIX_SMS",
    parse: parseSmsUrl,
    fallback: undefined as string | undefined,
    secret: true,
    text: "Where codes by SMS are posted to as Twilio's messages are (To, From, Body), https://account:token@host/path; empty: no SMS",
  },
  smsFrom: {
    variable: "KAELIX_SMS_FROM",
    parse: settingParsers.optionalText,
    fallback: undefined as string | undefined,
    text: "Number or name that SMS come from",
  },
  smsPrefixes: {
    variable: "KAELIX_SMS_PREFIXES",
    parse: parsePrefixes,
    fallback: undefined as string | undefined,
    text: "Country codes that SMS may go to, such as +49,+43; none are sent anywhere else",
  },
  smsPerDay: {
    variable: "KAELIX_SMS_PER_DAY",
    parse: settingParsers.integer(0, 100_000),
    fallback: 50,
    text: "How many SMS are sent in a day (UTC) at most, to everybody together",
  },
} as const;

function parseSmsUrl(text: string): { readonly value: string } | { readonly must: string } {
  const url = URL.parse(text);
  if (url === null || (url.username === "") !== (url.password === "")) return { must: URL_MUST };
  const isHere = url.protocol === "http:" && (url.hostname === "127.0.0.1" || url.hostname === "localhost");
  return url.protocol === "https:" || isHere ? { value: text } : { must: URL_MUST };
}

function parsePrefixes(text: string): { readonly value: string } | { readonly must: string } {
  return /^\s*\+[1-9]\d{0,6}(\s*,\s*\+[1-9]\d{0,6})*\s*$/.test(text) ? { value: text } : { must: PREFIXES_MUST };
}
