import { type SettingTable, type SettingValues, settingParsers } from "@kaelix/base";

/** Reads `https://memory.example.org, http://10.0.0.5:7171` into origins. */
function parseOrigins(text: string): { readonly value: readonly string[] } | { readonly must: string } {
  const origins: string[] = [];
  for (const part of text.split(",").map((piece) => piece.trim())) {
    if (!URL.canParse(part) || !/^https?:$/.test(new URL(part).protocol)) {
      return { must: "origins such as https://memory.example.org, separated by commas" };
    }
    origins.push(new URL(part).origin);
  }
  return { value: origins };
}

/** Settings of the gateway. */
export const gatewaySettings = {
  publicOrigins: {
    variable: "KAELIX_PUBLIC_ORIGINS",
    parse: parseOrigins,
    // The parser's value type, for a list that is empty.
    fallback: [] as readonly string[],
    text: "Origins under which the server is reached from outside, separated by commas",
  },
  proxyHops: {
    variable: "KAELIX_PROXY_HOPS",
    parse: settingParsers.integer(0, 10),
    fallback: 0,
    text: "How many reverse proxies stand in front and set X-Forwarded-For and X-Forwarded-Proto",
  },
  userRequestsPerSecond: {
    variable: "KAELIX_USER_REQUESTS_PER_SECOND",
    parse: settingParsers.integer(1, 1_000_000),
    fallback: 2_000,
    unit: "requests/s",
    text: "Requests of one user, and of each program with a key; as many again may come in one burst",
  },
  addressRequestsPerSecond: {
    variable: "KAELIX_ADDRESS_REQUESTS_PER_SECOND",
    parse: settingParsers.integer(1, 1_000_000),
    fallback: 5_000,
    unit: "requests/s",
    text: "Requests from one network address; as many again may come in one burst",
  },
  bodyBytesMax: {
    variable: "KAELIX_BODY_BYTES_MAX",
    parse: settingParsers.integer(1_024, 64 * 1_024 * 1_024),
    fallback: 1_024 * 1_024,
    unit: "bytes",
    text: "Largest JSON body",
  },
  uploadBytesMax: {
    variable: "KAELIX_UPLOAD_BYTES_MAX",
    parse: settingParsers.integer(1_024, 1_024 ** 4),
    fallback: 4 * 1_024 ** 3,
    unit: "bytes",
    text: "Largest uploaded file",
  },
  streamsPerUserMax: {
    variable: "KAELIX_STREAMS_PER_USER_MAX",
    parse: settingParsers.integer(1, 10_000),
    fallback: 32,
    text: "Event streams and sockets that one user may hold open",
  },
  metricsOpen: {
    variable: "KAELIX_METRICS_OPEN",
    parse: settingParsers.flag,
    fallback: false,
    text: "Serve /metrics to other machines, not to this one alone",
  },
  accessLog: {
    variable: "KAELIX_ACCESS_LOG",
    parse: settingParsers.flag,
    fallback: true,
    text: "Log a line for every request: method, route, status, duration, trace id",
  },
} as const satisfies SettingTable;

/** Values of the gateway's settings. */
export type GatewaySettings = SettingValues<typeof gatewaySettings>;
