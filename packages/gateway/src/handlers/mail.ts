import { type HandlersOf, withoutUndefined } from "../http/exchange.ts";
import { timeText } from "../http/wire.ts";
import { proofRefusal } from "./proof-refusals.ts";
import { originOf } from "./signed-in.ts";

type MailRoutes =
  | "email.read"
  | "email.begin"
  | "email.confirm"
  | "email.remove"
  | "auth.recover"
  | "auth.recoverFinish";

/** A person's e-mail address, and the way back in after a lost password. */
export const mailHandlers: HandlersOf<MailRoutes> = {
  "email.read": async ({ application: { mail }, principal }) => ({
    type: "json",
    body: { address: await mail.address(principal), available: mail.isAvailable },
  }),
  "email.begin": async ({ application, principal, body }) => {
    const untilMs = await refusing(() => application.mail.begin(principal, body.address));
    return { type: "json", body: { expires_at: timeText(untilMs) } };
  },
  "email.confirm": async ({ application, principal, body }) => {
    const address = await refusing(() => application.mail.confirm(principal, body.code));
    return { type: "json", body: { address, available: true } };
  },
  "email.remove": async ({ application, principal }) => {
    await refusing(() => application.mail.remove(principal));
    return { type: "empty" };
  },
  "auth.recover": async (exchange) => {
    const { application, body } = exchange;
    const { request, untilMs } = await application.mail.recover({ email: body.email, ...originOf(exchange) });
    return { type: "json", body: { request, expires_at: timeText(untilMs) } };
  },
  "auth.recoverFinish": async (exchange) => {
    const { request, code, new_password: newPassword, factor_code: factorCode } = exchange.body;
    const given = withoutUndefined({ request, code, newPassword, factorCode });
    await refusing(() => exchange.application.mail.finish({ ...given, ...originOf(exchange) }));
    return { type: "empty" };
  },
};

async function refusing<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw proofRefusal(error);
  }
}
