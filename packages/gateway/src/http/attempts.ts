/**
 * Writes down on the log what was refused before anybody was asked: requests that do not parse or fit, that come too often, or that name
 * another host or come from another site's page. What the policy refuses is in the audit log.
 *
 * Guarantees: code, pattern of the address, method, a network of many customers and a count; never what was sent, nor by whom. One line
 * for each code and route in a minute, however many there are: whoever attacks does not fill the disk. It does not: tell two who do the same apart.
 */
import { isIPv4 } from "node:net";

import { type Clock } from "@kaelix/base";
import type { Logger } from "@kaelix/coordinator";
import type { FastifyRequest } from "fastify";

const NOTED: ReadonlySet<string> = new Set([
  "json-malformed",
  "body-not-utf8",
  "json-too-deep",
  "json-key-refused",
  "request-invalid",
  "request-malformed",
  "header-invalid",
  "body-too-large",
  "uri-too-long",
  "media-type-unsupported",
  "headers-too-large",
  "rate-limited",
  "streams-spent",
  "identity-throttled",
  "host-refused",
  "origin-refused",
]);
const EVERY_MS = 60_000;

interface Seen {
  /** Monotonic ms of the last line. */
  atMs: number;
  /** Refused since then. */
  more: number;
}

/** Counts refused attempts by code and route. */
export class Attempts {
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #isReachable: boolean;
  // As many as there are codes and routes.
  readonly #seen = new Map<string, Seen>();

  constructor(options: { readonly log: Logger; readonly clock: Clock; readonly isReachable?: boolean }) {
    this.#log = options.log;
    this.#clock = options.clock;
    this.#isReachable = options.isReachable ?? true;
  }

  /** Looks at what a request ended with. */
  note(code: string, request: FastifyRequest): void {
    if (!this.#isReachable || !NOTED.has(code)) return;
    const route = request.routeOptions.url ?? "(none)";
    const key = `${code} ${request.method} ${route}`;
    const nowMs = this.#clock.monotonicMs();
    const seen = this.#seen.get(key);
    if (seen !== undefined && nowMs - seen.atMs < EVERY_MS) {
      seen.more++;
      return;
    }
    this.#seen.set(key, { atMs: nowMs, more: 0 });
    const { id, ip, method } = request;
    const more = seen === undefined || seen.more === 0 ? {} : { unwritten_before: seen.more };
    this.#log.warn({ code, method, route, network: networkOf(ip), trace_id: id, ...more }, "refused");
  }
}

/** The first half of an address: enough to block a network by, too little to name a household. */
function networkOf(address: string): string {
  const bare = address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
  if (isIPv4(bare)) return `${bare.split(".").slice(0, 2).join(".")}.0.0/16`;
  const [first = "", second = ""] = bare.split(":");
  return first === "" ? "::/32" : `${first}:${second || "0"}::/32`;
}
