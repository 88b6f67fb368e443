import { type LinkedAccount, type ProviderBegun, securityErrors } from "@kaelix/security";

import { type Exchange, type HandlersOf, withoutUndefined } from "../http/exchange.ts";
import { siteOf } from "../http/site.ts";
import { type Json, timeText } from "../http/wire.ts";
import { proofRefusal } from "./proof-refusals.ts";
import { originOf, refuseCrossSite, tokensAnswer } from "./signed-in.ts";

type LoginRoutes =
  | "auth.providerBegin"
  | "auth.providerFinish"
  | "logins.list"
  | "logins.begin"
  | "logins.finish"
  | "logins.remove";

/** Signing in by an account elsewhere, and which accounts a person has linked. */
export function loginHandlers(publicOrigins: readonly string[]): HandlersOf<LoginRoutes> {
  return {
    "auth.providerBegin": async (exchange) => {
      refuseCrossSite(exchange, publicOrigins);
      const { id } = exchange.params;
      const back = comingBack(exchange, id, publicOrigins);
      return begunAnswer(await exchange.application.logins.begin(id, back, originOf(exchange)));
    },
    "auth.providerFinish": async (exchange) => {
      refuseCrossSite(exchange, publicOrigins);
      const { flow, query, code, session } = exchange.body;
      const given = { provider: exchange.params.id, flow, ...withoutUndefined({ query, code }), ...originOf(exchange) };
      const tokens = await refusing(() => exchange.application.logins.signIn(given));
      return tokensAnswer(exchange, tokens, session);
    },
    "logins.list": async ({ application, principal }) => ({
      type: "json",
      body: { data: (await application.logins.list(principal)).map(linkJson) },
    }),
    "logins.begin": async (exchange) => {
      const { application, principal, body } = exchange;
      const back = comingBack(exchange, body.provider, publicOrigins);
      return begunAnswer(await refusing(() => application.logins.beginLink(principal, body.provider, back)));
    },
    "logins.finish": async ({ application, principal, body, request }) => {
      const linked = await refusing(() => application.logins.link(principal, body, request.ip));
      return { type: "json", body: linkJson(linked), made: linked.way };
    },
    "logins.remove": async ({ application, principal, params }) => {
      await refusing(() => application.logins.remove(principal, params.id));
      return { type: "empty" };
    },
  };
}

/** The one address of ours that a provider sends browsers back to: a page of the web app. Throws `provider-unfit`. */
function comingBack({ request }: Pick<Exchange, "request">, id: string, publicOrigins: readonly string[]): string {
  const site = siteOf({ host: request.headers.host, protocol: request.protocol }, publicOrigins);
  if (site === undefined) throw securityErrors("provider-unfit");
  return `${site.origin}/login/with/${id}`;
}

async function refusing<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw proofRefusal(error);
  }
}

function begunAnswer({ url, flow, untilMs }: ProviderBegun): { readonly type: "json"; readonly body: Json } {
  return { type: "json", body: { url, flow, expires_at: timeText(untilMs) } };
}

function linkJson({ way, provider, name, label, createdAtMs, usedAtMs }: LinkedAccount): Json {
  const used = usedAtMs === null ? null : timeText(usedAtMs);
  return { id: way, provider: provider ?? null, name, label, created_at: timeText(createdAtMs), last_used_at: used };
}
