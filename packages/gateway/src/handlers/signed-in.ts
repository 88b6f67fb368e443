/** What every door that signs somebody in answers, and from where it is asked. */
import { levelName } from "@kaelix/model";

import { gatewayErrors } from "../errors.ts";
import { keepRefreshCookie } from "../http/cookies.ts";
import type { Answer, Exchange } from "../http/exchange.ts";
import { isCrossSite } from "../http/host-check.ts";
import { type Json, timeText } from "../http/wire.ts";
import type { OpenUpTo, Profile, SignedInPerson, SignInOrigin } from "../identity-port.ts";

const CLIENT_LENGTH_MAX = 200;

/** The answer to a sign-in; with a cookie the refresh token is in no body. */
export function tokensAnswer(
  exchange: Pick<Exchange, "reply" | "request">,
  tokens: SignedInPerson,
  session: "token" | "cookie",
): Answer {
  if (session === "cookie") {
    exchange.reply.header("set-cookie", keepRefreshCookie(tokens.refreshToken, isSecure(exchange)));
  }
  return {
    type: "json",
    body: {
      access_token: tokens.accessToken,
      token_type: "Bearer",
      expires_in: tokens.expiresInSeconds,
      refresh_token: session === "cookie" ? null : tokens.refreshToken,
      user: userJson(tokens.profile, tokens.ceiling),
    },
  };
}

/** The signed-in person on the wire. */
export function userJson(profile: Profile, open: OpenUpTo): Json {
  return {
    id: profile.user,
    name: profile.name,
    phone: profile.phone,
    role: profile.role,
    tenant: profile.tenant,
    open_up_to: levelName(open.level),
    open_until: open.untilMs === null ? null : timeText(open.untilMs),
    password_reset_at: profile.resetAtMs === null ? null : timeText(profile.resetAtMs),
    held_since: profile.heldSinceMs === null ? null : timeText(profile.heldSinceMs),
  };
}

/** Where a sign-in comes from. */
export function originOf(exchange: Pick<Exchange, "request">): SignInOrigin {
  const client = exchange.request.headers["user-agent"] ?? "unknown";
  return { client: client.slice(0, CLIENT_LENGTH_MAX), address: exchange.request.ip };
}

/** True when the request came over TLS. */
export function isSecure(exchange: Pick<Exchange, "request">): boolean {
  return exchange.request.protocol === "https";
}

/** Throws `origin-refused` when the browser says that a page of another site asks. */
export function refuseCrossSite(exchange: Pick<Exchange, "request">, publicOrigins: readonly string[]): void {
  if (isCrossSite(exchange.request.headers, publicOrigins)) throw gatewayErrors("origin-refused");
}
