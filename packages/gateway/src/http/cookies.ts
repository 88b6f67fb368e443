import { REFRESH_DAYS_SLIDING } from "@kaelix/security";

/**
 * The one cookie of the house: the refresh token of a browser session. Over TLS it is a `__Host-` cookie, which no other host, port or
 * plain connection can set in its place; that wants the path `/`. Without TLS it goes to the routes that need it and to no other.
 */
const SECURE = { name: "__Host-kaelix_refresh", path: "/", more: "; Secure" } as const;
const PLAIN = { name: "kaelix_refresh", path: "/api/v1/auth", more: "" } as const;
const MAX_AGE_SECONDS = REFRESH_DAYS_SLIDING * 24 * 3_600;

/** `Set-Cookie` that keeps a refresh token where scripts cannot read it. */
export function keepRefreshCookie(token: string, secure: boolean): string {
  return cookie(token, MAX_AGE_SECONDS, secure);
}

/** `Set-Cookie` that takes it away. */
export function clearRefreshCookie(secure: boolean): string {
  return cookie("", 0, secure);
}

function cookie(value: string, maxAge: number, secure: boolean): string {
  const { name, path, more } = secure ? SECURE : PLAIN;
  return `${name}=${value}; Path=${path}; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${more}`;
}

/** The refresh token of a `Cookie` header (RFC 6265 §4.2), undefined when there is none. Over TLS no other name counts. */
export function readRefreshCookie(header: string | undefined, secure: boolean): string | undefined {
  if (header === undefined) return undefined;
  for (const part of header.split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === (secure ? SECURE : PLAIN).name) {
      const value = part.slice(at + 1).trim();
      return value === "" || value.length > 200 ? undefined : value;
    }
  }
  return undefined;
}
