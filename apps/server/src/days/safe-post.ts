/**
 * One POST to an address that somebody typed.
 *
 * Guarantees: the name is resolved once, every address it has is looked at, and the connection goes to one that was looked at, whatever
 * the name says a moment later; addresses of this machine and of private networks are refused unless they are allowed; so is sending in
 * clear to anywhere else; redirects are not followed; nothing of the answer but its status is read; it ends within its time.
 */
import { lookup } from "node:dns/promises";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { BlockList, isIPv4, type LookupFunction } from "node:net";

/** What is sent, and how far it may go. */
export interface PostRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Uint8Array;
  /** Also to this machine and private networks, and there also without TLS. */
  readonly allowsPrivate: boolean;
  readonly timeoutMs?: number;
  /** Certificate authorities besides the system's, PEM; for tests. */
  readonly ca?: string;
}

/** What came of it. `refused`: nothing was sent, and nothing will be. */
export type PostOutcome =
  | { readonly type: "answered"; readonly status: number }
  | { readonly type: "refused"; readonly why: string }
  | { readonly type: "failed"; readonly why: string };

const TIMEOUT_MS = 10_000;

const INNER = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
] as const)
  INNER.addSubnet(network, prefix, "ipv4");
// Of IPv6 only what is handed out for the internet (2000::/3) is taken, without what leads back into IPv4 or to documentation.
const OUTER6 = new BlockList();
OUTER6.addSubnet("2000::", 3, "ipv6");
const INNER6 = new BlockList();
for (const [network, prefix] of [
  ["2001::", 32],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const)
  INNER6.addSubnet(network, prefix, "ipv6");

/** True for addresses of the internet; false for this machine, private and link-local networks, and whatever is reserved. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !INNER.check(address, "ipv4");
  return OUTER6.check(address, "ipv6") && !INNER6.check(address, "ipv6");
}

/** What is wrong with an address as it is typed; undefined when it may be tried. */
export function problemOfUrl(text: string, allowsPrivate: boolean): string | undefined {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return "Must be an https:// address";
  if (url.username !== "" || url.password !== "") return "Must not hold a name or a password";
  if (url.protocol === "http:" && !allowsPrivate) return "Must be https://: what is sent must not be read on its way";
  return undefined;
}

/** Sends it. Never throws. */
export async function postSafely(request: PostRequest): Promise<PostOutcome> {
  const found = await findSafely(request.url, request.allowsPrivate);
  return found.type === "found" ? send(request, found) : found;
}

/** The one address of a name that may be connected to, whatever the name says a moment later. */
export interface FoundHost {
  readonly type: "found";
  readonly url: URL;
  readonly address: string;
  readonly family: number;
}

/** Resolves the name in an address once and looks at everything it resolves to. Never throws. */
export async function findSafely(
  text: string,
  allowsPrivate: boolean,
): Promise<FoundHost | Exclude<PostOutcome, { readonly type: "answered" }>> {
  const problem = problemOfUrl(text, allowsPrivate);
  if (problem !== undefined) return { type: "refused", why: problem };
  const url = new URL(text);
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  let addresses: readonly { readonly address: string; readonly family: number }[];
  try {
    addresses = await lookup(host, { all: true });
  } catch {
    return { type: "failed", why: "its name cannot be resolved" };
  }
  const [first] = addresses;
  if (first === undefined) return { type: "failed", why: "its name cannot be resolved" };
  const isInside = addresses.some(({ address }) => !isPublicAddress(address));
  if (isInside && !allowsPrivate) return { type: "refused", why: "it leads into a private network" };
  if (url.protocol === "http:" && isPublicAddress(first.address))
    return { type: "refused", why: "it must be https://" };
  return { type: "found", url, ...first };
}

/** For a request: the address that was looked at, and no other. */
export function pinnedTo({ address, family }: FoundHost): LookupFunction {
  return (_host, options, done) => {
    if (options.all === true) done(null, [{ address, family }]);
    else done(null, address, family);
  };
}

function send({ body, ca, headers, timeoutMs = TIMEOUT_MS }: PostRequest, found: FoundHost): Promise<PostOutcome> {
  const { url } = found;
  return new Promise((resolve) => {
    const isSecure = url.protocol === "https:";
    const start = isSecure ? httpsRequest : httpRequest;
    const sending = start(url, {
      method: "POST",
      headers: { ...headers, "content-length": body.byteLength },
      lookup: pinnedTo(found),
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
      ...(isSecure && ca !== undefined ? { ca } : {}),
    });
    sending.on("response", (response) => {
      resolve({ type: "answered", status: response.statusCode ?? 0 });
      response.destroy();
    });
    sending.on("error", (error: Error & { readonly code?: string }) => {
      resolve({ type: "failed", why: error.name === "AbortError" ? "no answer in time" : (error.code ?? error.name) });
    });
    sending.end(body);
  });
}
