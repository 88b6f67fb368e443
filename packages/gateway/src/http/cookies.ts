import { REFRESH_DAYS_SLIDING } from "@kaelix/security";

/** The one cookie of the house: the refresh token of a browser session. */
const NAME = "kaelix_refresh";
/** The cookie goes to the routes that need it and to no other. */
const PATH = "/api/v1/auth";
const MAX_AGE_SECONDS = REFRESH_DAYS_SLIDING * 24 * 3_600;

/** `Set-Cookie` that keeps a refresh token where scripts cannot read it. */
export function keepRefreshCookie(token: string, secure: boolean): string {
  return `${NAME}=${token}; Path=${PATH}; Max-Age=${MAX_AGE_SECONDS}; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`;
}

/** `Set-Cookie` that takes it away. */
export function clearRefreshCookie(secure: boolean): string {
  return `${NAME}=; Path=${PATH}; Max-Age=0; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`;
}

/** The refresh token of a `Cookie` header (RFC 6265 §4.2), undefined when there is none. */
export function readRefreshCookie(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  for (const part of header.split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === NAME) {
      const value = part.slice(at + 1).trim();
      return value === "" || value.length > 200 ? undefined : value;
    }
  }
  return undefined;
}
