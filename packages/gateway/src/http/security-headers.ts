/**
 * Headers that tell browsers what not to do. Two fixed sets, made once: middleware that composes thirteen headers per request
 * costs more than authenticating it.
 */
const EVERYWHERE = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-frame-options": "DENY",
} as const;

/** For answers that are data: nothing in them may run, nothing may be kept. */
export const DATA_HEADERS: Readonly<Record<string, string>> = {
  ...EVERYWHERE,
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
};

/**
 * For pages: own scripts and styles alone, nothing inline; pictures may be made in the page itself. What a page connects to is its own
 * server, by socket too: `'self'` holds for `ws:` and `wss:` of the same host (CSP 3 §6.7.2.8), and a scheme alone would be every host there is.
 */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  ...EVERYWHERE,
  "content-security-policy": [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; "),
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "origin-agent-cluster": "?1",
};

/** Sent when the request came over TLS: stay there for a year (RFC 6797). */
export const TRANSPORT_SECURITY = "max-age=31536000";
