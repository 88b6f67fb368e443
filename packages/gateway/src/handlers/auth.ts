import { isKaelixError } from "@kaelix/base";
import { parseId, type UserPrincipal } from "@kaelix/model";

import { gatewayErrors } from "../errors.ts";
import { clearRefreshCookie, readRefreshCookie } from "../http/cookies.ts";
import { type Answer, type Exchange, type HandlersOf, withoutUndefined } from "../http/exchange.ts";
import { timeText } from "../http/wire.ts";
import { passkeyOf } from "./passkeys.ts";
import { codeRefusal, proofRefusal } from "./proof-refusals.ts";
import { isSecure, originOf, refuseCrossSite, tokensAnswer, userJson } from "./signed-in.ts";
import type { IdentityPort, OpenUpTo } from "../identity-port.ts";

type AuthRoutes =
  | "auth.signUp"
  | "auth.logIn"
  | "auth.refresh"
  | "auth.logOut"
  | "auth.unlock"
  | "auth.lock"
  | "me.read"
  | "sessions.list"
  | "sessions.end"
  | "invites.create";

/** Signing up, in and out, sessions and invitations. `publicOrigins` are the house's own pages besides the Host's. */
export function authHandlers(publicOrigins: readonly string[]): HandlersOf<AuthRoutes> {
  return {
    "auth.signUp": async (exchange) => {
      const { phone, name, password, claim_code: claimCode, invite_code: inviteCode, session } = exchange.body;
      if (session === "cookie") refuseCrossSite(exchange, publicOrigins);
      const person = withoutUndefined({ phone, name, password, claimCode, inviteCode });
      const tokens = await exchange.identity.signUp({ ...person, ...originOf(exchange) });
      return tokensAnswer(exchange, tokens, session);
    },
    "auth.logIn": async (exchange) => {
      const { phone, password, code, code_request: codeRequest, session } = exchange.body;
      if (session === "cookie") refuseCrossSite(exchange, publicOrigins);
      const person = withoutUndefined({ phone, password, code, codeRequest });
      try {
        return tokensAnswer(exchange, await exchange.identity.logIn({ ...person, ...originOf(exchange) }), session);
      } catch (error) {
        throw codeRefusal(error);
      }
    },
    "auth.refresh": (exchange) => refresh(exchange, publicOrigins),
    "auth.logOut": async (exchange) => {
      if (cookieOf(exchange) !== undefined) refuseCrossSite(exchange, publicOrigins);
      await exchange.identity.logOut(exchange.principal);
      exchange.reply.header("set-cookie", clearRefreshCookie(isSecure(exchange)));
      return { type: "empty" };
    },
    "auth.unlock": (exchange) => unlock(exchange, publicOrigins),
    "auth.lock": async ({ identity, principal }) => userAnswer(identity, principal, await identity.lock(principal)),
    "me.read": ({ identity, principal, request }) =>
      userAnswer(identity, principal, { level: principal.ceiling, untilMs: request.ceilingUntilMs }),
    "sessions.list": async ({ identity, principal }) => ({
      type: "json",
      body: {
        data: (await identity.sessions(principal)).map((session) => ({
          id: session.session,
          client: session.client,
          started_at: timeText(session.startedAtMs),
          last_used_at: timeText(session.usedAtMs),
          current: session.isCurrent,
        })),
      },
    }),
    "sessions.end": async ({ identity, principal, params }) => {
      const id = parseId("ses", params.id);
      if (id === undefined) throw gatewayErrors("not-found");
      await identity.logOut(principal, id);
      return { type: "empty" };
    },
    "invites.create": async ({ identity, principal, body }) => {
      const invite = await identity.createInvite(principal, body.role);
      const { invite: id, code } = invite;
      return {
        type: "json",
        body: { id, code, role: body.role, expires_at: timeText(invite.expiresAtMs) },
      };
    },
  };
}

async function refresh(exchange: Exchange<"auth.refresh">, publicOrigins: readonly string[]): Promise<Answer> {
  const given = exchange.body.refresh_token;
  const kept = given === undefined ? cookieOf(exchange) : undefined;
  if (kept !== undefined) refuseCrossSite(exchange, publicOrigins);
  const token = given ?? kept;
  if (token === undefined) throw gatewayErrors("sign-in-required");
  try {
    const tokens = await exchange.identity.refresh(token);
    return tokensAnswer(exchange, tokens, kept === undefined ? "token" : "cookie");
  } catch (error) {
    // A cookie that is good for nothing would be sent again with every start of the app.
    if (kept !== undefined && isKaelixError(error) && error.status === 401) {
      exchange.reply.header("set-cookie", clearRefreshCookie(isSecure(exchange)));
    }
    throw error;
  }
}

async function unlock(exchange: Exchange<"auth.unlock">, publicOrigins: readonly string[]): Promise<Answer> {
  const { identity, principal, body, request } = exchange;
  try {
    const { password, code, code_request: codeRequest, level: ceiling } = body;
    const proof = { ...withoutUndefined({ password, code, codeRequest }), ...passkeyOf(exchange, publicOrigins) };
    const open = await identity.unlock({ principal, ...proof, ceiling, address: request.ip });
    return await userAnswer(identity, principal, open);
  } catch (error) {
    throw proofRefusal(error);
  }
}

async function userAnswer(identity: IdentityPort, principal: UserPrincipal, open: OpenUpTo): Promise<Answer> {
  return { type: "json", body: userJson(await identity.profile(principal.userId), open) };
}

function cookieOf(exchange: Pick<Exchange, "request">): string | undefined {
  return readRefreshCookie(exchange.request.headers.cookie, isSecure(exchange));
}
