import type { CodeSent } from "@kaelix/security";

import type { Answer, HandlersOf } from "../http/exchange.ts";
import { timeText } from "../http/wire.ts";
import { proofRefusal } from "./proof-refusals.ts";
import { originOf } from "./signed-in.ts";

type CodeRoutes =
  | "auth.logInCode"
  | "auth.proveCode"
  | "factors.beginCodes"
  | "factors.confirmCodes"
  | "factors.removeCodes";

/** Codes that are sent by mail or SMS as the second step. */
export const codeHandlers: HandlersOf<CodeRoutes> = {
  // Refused as signing in is: a wrong password is told by 401.
  "auth.logInCode": async (exchange) =>
    sentAnswer(await exchange.application.codes.sendForEntry({ ...exchange.body, ...originOf(exchange) })),
  "auth.proveCode": async ({ application, principal, body, request }) =>
    sentAnswer(await application.codes.sendForProof(principal, body.by, request.ip)),
  "factors.beginCodes": async ({ application, principal, body, request }) =>
    sentAnswer(await refusing(() => application.codes.begin(principal, body.by, request.ip))),
  "factors.confirmCodes": async ({ application, principal, body, request }) => {
    const { by, ...given } = body;
    const codes = await refusing(() => application.codes.confirm(principal, by, { ...given, address: request.ip }));
    return { type: "json", body: { recovery_codes: codes } };
  },
  "factors.removeCodes": async ({ application, principal, params }) => {
    await refusing(() => application.codes.remove(principal, params.by));
    return { type: "empty" };
  },
};

function sentAnswer({ request, untilMs }: CodeSent): Answer {
  return { type: "json", body: { request, expires_at: timeText(untilMs) } };
}

async function refusing<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw proofRefusal(error);
  }
}
