/**
 * The address that a page was reached by. The Host has been checked before (`host-check.ts`), and what a browser signs names the origin
 * that the browser itself sees: a wrong guess here refuses, it opens nothing.
 */
import { isIP } from "node:net";

/** As WebAuthn knows it: the name, and the whole origin. */
export interface PageSite {
  readonly rpId: string;
  readonly origin: string;
}

/**
 * The site of a request: the public origin whose host it names, else the Host under the protocol it came by. Undefined where browsers
 * have no passkeys: at a bare address, and without TLS anywhere but on `localhost`.
 */
export function siteOf(
  { host, protocol }: { readonly host: string | undefined; readonly protocol: string },
  publicOrigins: readonly string[],
): PageSite | undefined {
  const known = publicOrigins.map((origin) => new URL(origin)).find((url) => url.host === host?.toLowerCase());
  const url = known ?? (host === undefined ? null : URL.parse(`${protocol}://${host}`));
  if (url === null) return undefined;
  const { hostname: rpId, origin } = url;
  const isNamed = isIP(rpId.replace(/^\[(.*)\]$/, "$1")) === 0;
  const isSafe = url.protocol === "https:" || rpId === "localhost" || rpId.endsWith(".localhost");
  return isNamed && isSafe ? { rpId, origin } : undefined;
}
