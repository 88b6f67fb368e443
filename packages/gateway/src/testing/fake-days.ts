/** A day that is told by nobody's wish, and no searches. */
import type { DayApplication, DaySettingsView } from "../day-application.ts";

export function fakeDays(): DayApplication {
  const settings: DaySettingsView = {
    hour: 7,
    zone: "UTC",
    isDefault: true,
    mail: null,
    webhook: null,
    devices: [],
    hasMailer: false,
    pushKey: "BKey",
    last: null,
  };
  return {
    settings: async () => settings,
    configure: async () => ({ type: "configured", settings, secret: null }),
    test: async () => ({ isSent: false, why: "nothing is set up" }),
    confirm: async () => undefined,
    addDevice: async () => ({ type: "configured", settings }),
    removeDevice: async () => false,
    latest: async () => undefined,
    seen: async () => undefined,
    judge: async () => undefined,
    judgements: async () => [],
    unjudge: async () => false,
    searches: async () => [],
    saveSearch: async (_principal, { level = 2, name, search }) => ({ id: "sea_1", name, search, level, savedAtMs: 0 }),
    renameSearch: async () => undefined,
    removeSearch: async () => false,
  };
}
