/**
 * A browser's or program's name for people, from what it says of itself: `Firefox on Linux`, `Kaelix command line 0.1.0 on Mac`. Apart from
 * the routes, which a page that shows it need not load.
 */

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:HeadlessChrome|Chrome|CriOS)\//, "Chrome"],
  [/\bVersion\/.*Safari\//, "Safari"],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b|\bdarwin/i, "Mac"],
  [/\bLinux\b/i, "Linux"],
];

/** What programs that say nothing of themselves are written in: their library speaks for them. */
const LANGUAGES: readonly (readonly [RegExp, string])[] = [
  [/^(?:node|undici|node-fetch|axios|got)\b/, "A program in Node.js"],
  [/^(?:bun)\b/i, "A program in Bun"],
  [/^(?:deno)\b/i, "A program in Deno"],
  [/^(?:python|aiohttp|httpx)\b/i, "A program in Python"],
  [/^go-http-client\b/i, "A program in Go"],
  [/^(?:java|okhttp|apache-httpclient)\b/i, "A program in Java"],
];

/** Programs of ours. */
const OURS: ReadonlyMap<string, string> = new Map([
  ["kaelix-cli", "Kaelix command line"],
  ["kaelix-mcp", "Kaelix for agents"],
]);

/** `name/version`, as the first thing that a program says of itself (RFC 9110 §10.1.5). */
const PRODUCT = /^(?<name>[\w!#$%&'*+.^`|~-]+)(?:\/(?<version>[\w!#$%&'*+.^`|~-]+))?/;

/**
 * The name of a client.
 * @param userAgent what it says of itself; anything, also nothing
 */
export function clientName(userAgent: string): string {
  const system = nameIn(SYSTEMS, userAgent);
  const place = system === undefined ? "" : ` on ${system}`;
  const named = nameIn(BROWSERS, userAgent) ?? nameIn(LANGUAGES, userAgent);
  if (named !== undefined) return `${named}${place}`;
  const { name, version } = PRODUCT.exec(userAgent)?.groups ?? {};
  if (name === undefined) return userAgent === "" ? "Unnamed program" : userAgent;
  // "unknown" is what a session is told by when its client sent nothing.
  if (name === "unknown") return "Unnamed program";
  return `${OURS.get(name) ?? name}${version === undefined ? "" : ` ${version}`}${place}`;
}

function nameIn(names: typeof BROWSERS, userAgent: string): string | undefined {
  return names.find(([pattern]) => pattern.test(userAgent))?.[1];
}
