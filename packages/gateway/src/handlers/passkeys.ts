import { type PasskeyAnswer, type PasskeyInfo, type Site, securityErrors } from "@kaelix/security";

import type { Exchange, HandlersOf } from "../http/exchange.ts";
import { withoutUndefined } from "../http/exchange.ts";
import { siteOf } from "../http/site.ts";
import { type Json, timeText } from "../http/wire.ts";
import { originOf, refuseCrossSite, tokensAnswer } from "./signed-in.ts";
import { proofRefusal } from "./proof-refusals.ts";

type PasskeyRoutes =
  | "auth.prove"
  | "password.change"
  | "passkeys.list"
  | "passkeys.begin"
  | "passkeys.add"
  | "passkeys.remove"
  | "auth.passkeyOptions"
  | "auth.passkey"
  | "auth.passkeyProof";

/** Proving who is at a session, for its own sake and for a new password, and passkeys: in settings, at the door, and as such a proof. */
export function passkeyHandlers(publicOrigins: readonly string[]): HandlersOf<PasskeyRoutes> {
  return {
    "auth.prove": async (exchange) => {
      const { application, principal, body, request } = exchange;
      const { password, code, code_request: codeRequest } = body;
      const given = withoutUndefined({ password, code, codeRequest });
      const proof = { principal, ...given, ...passkeyOf(exchange, publicOrigins) };
      const untilMs = await refusing(() => application.access.prove({ ...proof, address: request.ip }));
      return { type: "json", body: { proved_until: timeText(untilMs) } };
    },
    "password.change": async (exchange) => {
      const { application, principal, body, request } = exchange;
      const proof = { ...withoutUndefined({ password: body.password }), ...passkeyOf(exchange, publicOrigins) };
      const change = { principal, ...proof, newPassword: body.new_password, address: request.ip };
      await refusing(() => application.access.changePassword(change));
      return { type: "empty" };
    },
    "passkeys.list": async ({ application, principal }) => ({
      type: "json",
      body: { data: (await application.passkeys.list(principal)).map(passkeyJson) },
    }),
    "passkeys.begin": async (exchange) => {
      const site = needSite(exchange, publicOrigins);
      const options = await refusing(() => exchange.application.passkeys.begin(exchange.principal, site));
      return { type: "json", body: optionsJson(options) };
    },
    "passkeys.add": async (exchange) => {
      const { application, principal, body } = exchange;
      const site = needSite(exchange, publicOrigins);
      const { id, response } = body.passkey;
      const made = { name: body.name, creation: { id, response: withoutUndefined(response) } };
      const info = await refusing(() => application.passkeys.add(principal, site, made));
      return { type: "json", body: passkeyJson(info), made: info.way };
    },
    "passkeys.remove": async ({ application, principal, params }) => {
      await refusing(() => application.passkeys.remove(principal, params.id));
      return { type: "empty" };
    },
    "auth.passkeyOptions": (exchange) => {
      const site = needSite(exchange, publicOrigins);
      return { type: "json", body: optionsJson(exchange.application.passkeys.signInOptions(site)) };
    },
    "auth.passkey": async (exchange) => {
      const { passkey, phone, session } = exchange.body;
      if (session === "cookie") refuseCrossSite(exchange, publicOrigins);
      const site = needSite(exchange, publicOrigins);
      const answer = answerOf(passkey);
      const request = withoutUndefined({ answer, site, phone, ...originOf(exchange) });
      return tokensAnswer(exchange, await exchange.application.passkeys.signIn(request), session);
    },
    "auth.passkeyProof": async (exchange) => {
      const site = needSite(exchange, publicOrigins);
      return {
        type: "json",
        body: optionsJson(await exchange.application.passkeys.proofOptions(exchange.principal, site)),
      };
    },
  };
}

type WirePasskey = Exchange<"auth.passkey">["body"]["passkey"];

function answerOf({ id, response }: WirePasskey): PasskeyAnswer {
  return { id, response: withoutUndefined(response) };
}

/** A passkey given as a proof, with the site it was asked for at; nothing when none was given. Throws `passkey-unfit`. */
export function passkeyOf(
  exchange: Pick<Exchange, "request"> & { readonly body: { readonly passkey?: WirePasskey | undefined } },
  publicOrigins: readonly string[],
): { readonly passkey?: { readonly answer: PasskeyAnswer; readonly site: Site } } {
  const { passkey } = exchange.body;
  if (passkey === undefined) return {};
  return { passkey: { answer: answerOf(passkey), site: needSite(exchange, publicOrigins) } };
}

/** The site of a request. Throws `passkey-unfit` where browsers have no passkeys. */
function needSite({ request }: Pick<Exchange, "request">, publicOrigins: readonly string[]): Site {
  const site = siteOf({ host: request.headers.host, protocol: request.protocol }, publicOrigins);
  if (site === undefined) throw securityErrors("passkey-unfit");
  return site;
}

async function refusing<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw proofRefusal(error);
  }
}

function optionsJson(options: object): Json {
  // Plain data by its type: text, numbers and lists of them.
  return { ...options };
}

function passkeyJson({ way, name, rpId, isSynced, createdAtMs, usedAtMs }: PasskeyInfo): Json {
  const used = usedAtMs === null ? null : timeText(usedAtMs);
  return { id: way, name, address: rpId, synced: isSynced, created_at: timeText(createdAtMs), last_used_at: used };
}
