import { levelName } from "@kaelix/model";

import type { HouseApplication } from "../application.ts";
import type { HandlersOf } from "../http/exchange.ts";
import { statusJson, stepJson, verificationJson } from "../http/wire.ts";

type HouseRoutes = "server.describe" | "status.read" | "verifications.run" | "views.rebuild";

/** How the house is. `describe` answers before anything else is ready. */
export function houseHandlers(describe: HouseApplication["describe"]): HandlersOf<HouseRoutes> {
  return {
    "server.describe": () => {
      const { version, claimed, ready, steps, sentUpTo, recovery = false, signInWith = [] } = describe();
      const sent = sentUpTo === undefined ? null : levelName(sentUpTo);
      return {
        type: "json",
        body: {
          version,
          claimed,
          ready,
          steps: steps.map(stepJson),
          sent_up_to: sent,
          recovery,
          sign_in_with: [...signInWith],
        },
      };
    },
    "status.read": async ({ application }) => ({ type: "json", body: statusJson(await application.house.status()) }),
    "verifications.run": async ({ application }) => ({
      type: "json",
      body: verificationJson(await application.house.verify()),
    }),
    "views.rebuild": async ({ application, body, params }) => {
      const outcome = await application.house.rebuild(params.name, { force: body.force === true });
      return { type: "json", body: { events: outcome.events, took_ms: outcome.tookMs } };
    },
  };
}
