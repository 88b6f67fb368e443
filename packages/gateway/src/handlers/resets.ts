import { gatewayErrors } from "../errors.ts";
import { type HandlersOf, withoutUndefined } from "../http/exchange.ts";
import { timeText } from "../http/wire.ts";
import { parseId } from "@kaelix/model";
import { passkeyOf } from "./passkeys.ts";
import { proofRefusal } from "./proof-refusals.ts";
import { originOf } from "./signed-in.ts";

type ResetRoutes = "users.resetLink" | "auth.reset" | "auth.regain";

/** A new password by a link from the machine's terminal. `publicOrigins` are the house's own pages besides the Host's. */
export function resetHandlers(publicOrigins: readonly string[]): HandlersOf<ResetRoutes> {
  return {
    "users.resetLink": async ({ application, principal, params }) => {
      const user = parseId("usr", params.id);
      if (user === undefined) throw gatewayErrors("not-found");
      const { code, untilMs } = await application.resets.begin(principal, user);
      return { type: "json", body: { code, expires_at: timeText(untilMs) } };
    },
    "auth.reset": async (exchange) => {
      const { code, new_password: newPassword, factor_code: factorCode, factor_lost: isFactorLost } = exchange.body;
      const given = withoutUndefined({ code, newPassword, factorCode, isFactorLost });
      await refusing(() => exchange.application.resets.finish({ ...given, ...originOf(exchange) }));
      return { type: "empty" };
    },
    "auth.regain": async (exchange) => {
      const { application, principal, body, request } = exchange;
      const proof = { ...withoutUndefined({ password: body.password }), ...passkeyOf(exchange, publicOrigins) };
      await refusing(() => application.resets.regain({ principal, ...proof, address: request.ip }));
      return { type: "empty" };
    },
  };
}

async function refusing(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    throw proofRefusal(error);
  }
}
