/**
 * Which `Host` a request may name. A page of a stranger can make a browser resolve the stranger's name to this machine (DNS
 * rebinding); the browser then sends the stranger's name as Host, which is refused here. An address as Host cannot be rebound.
 */
import { isIP } from "node:net";

const LOOPBACK_NAMES = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Says whether a Host header is taken. */
export type HostCheck = (hostHeader: string | undefined) => boolean;

/** True for addresses that only this machine reaches. */
export function isLoopback(address: string): boolean {
  return /^(::ffff:)?127\./.test(address) || address === "::1" || address === "localhost";
}

/**
 * Makes the check for where the server is bound. Bound to loopback: loopback names and the hosts of `publicOrigins`. Bound to the
 * network: addresses too, and any name while no public origin is configured.
 */
export function makeHostCheck(boundHost: string, publicOrigins: readonly string[]): HostCheck {
  const named = new Set(publicOrigins.map((origin) => new URL(origin).hostname.toLowerCase()));
  const loopbackOnly = isLoopback(boundHost);
  return (hostHeader) => {
    if (hostHeader === undefined) return false;
    const name = hostHeader.replace(/:\d{1,5}$/, "").toLowerCase();
    if (LOOPBACK_NAMES.has(name) || named.has(name)) return true;
    if (loopbackOnly) return false;
    return named.size === 0 || isIP(name.replace(/^\[|\]$/g, "")) !== 0;
  };
}

/**
 * True when the browser says that a request comes from a page of another site. Requests without these headers come from programs,
 * which have no cookies of a person to abuse. A page of the same machine on another port counts as another site.
 */
export function isCrossSite(
  headers: {
    readonly origin?: string | undefined;
    readonly "sec-fetch-site"?: string | string[] | undefined;
    readonly host?: string | undefined;
  },
  publicOrigins: readonly string[],
): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  if (headers.origin === undefined || publicOrigins.includes(headers.origin)) return false;
  if (!URL.canParse(headers.origin)) return true;
  return new URL(headers.origin).host !== headers.host?.toLowerCase();
}
