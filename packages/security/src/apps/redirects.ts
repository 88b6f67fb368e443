/**
 * Addresses that a code may be sent to. Pure.
 *
 * Guarantees: only https, plain http to the own machine, and a scheme that an app of that machine has registered for itself; nothing that
 * a browser would run; compared letter by letter with what the client has said before, but for the port on the own machine, which such an
 * app gets anew at each start (RFC 8252 §7.3).
 */

const LENGTH_MAX = 500;
const LOOPBACK = new Set(["127.0.0.1", "[::1]", "localhost"]);
/** Schemes of editors that have no dot, as RFC 8252 §7.1 would have it. */
const EDITORS = new Set(["cursor:", "vscode:", "vscode-insiders:", "zed:"]);

/** True when a client may name this address as its own. */
export function isRedirect(text: string): boolean {
  // What the parser would silently mend (blanks, backslashes, line ends) is not compared as it was meant.
  if (text.length > LENGTH_MAX || !/^[!-[\]-~]+$/.test(text)) return false;
  const url = URL.parse(text);
  if (url === null || url.hash !== "" || text.includes("#") || url.username !== "" || url.password !== "") return false;
  if (url.protocol === "https:") return url.hostname !== "";
  if (url.protocol === "http:") return LOOPBACK.has(url.hostname);
  return EDITORS.has(url.protocol) || /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(url.protocol);
}

/** True when an address is one of those that the client has named. */
export function matchesRedirect(asked: string, named: readonly string[]): boolean {
  if (!isRedirect(asked)) return false;
  return named.some((one) => one === asked || (isOwnMachine(one) && withoutPort(one) === withoutPort(asked)));
}

/** True for an address that never leaves the person's own machine. */
export function isOwnMachine(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && url.protocol === "http:" && LOOPBACK.has(url.hostname);
}

/** Where a code goes, for people: the host, or the scheme of an app. */
export function redirectWords(text: string): string {
  const url = new URL(text);
  return url.protocol === "https:" || url.protocol === "http:" ? url.host : url.protocol;
}

/** The address letter by letter, its port cut out of the text itself: nothing else is made the same. */
function withoutPort(text: string): string | undefined {
  const match = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::\d{1,5})?(\/.*)?$/.exec(text);
  return match === null ? undefined : `${match[1] ?? ""}${match[2] ?? "/"}`;
}
