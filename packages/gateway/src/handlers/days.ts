import { levelName, parseId, parseLevel } from "@kaelix/model";

import type { DaySettingsView, SavedSearchView, Untaken } from "../day-application.ts";
import { gatewayErrors } from "../errors.ts";
import { type HandlersOf, withoutUndefined } from "../http/exchange.ts";
import { FieldsError } from "../http/problem.ts";
import { type Json, timeText } from "../http/wire.ts";

type DayRoutes =
  | "digests.latest"
  | "digests.seen"
  | "digests.judge"
  | "digests.judgements"
  | "digests.unjudge"
  | "digestSettings.read"
  | "digestSettings.write"
  | "digestSettings.test"
  | "digestSettings.confirm"
  | "digestSettings.addDevice"
  | "digestSettings.removeDevice"
  | "savedSearches.list"
  | "savedSearches.save"
  | "savedSearches.rename"
  | "savedSearches.remove";

const levelOf = (name: "general" | "confidential"): 1 | 2 => (name === "general" ? 1 : 2);

/** Stands before the id of a judgement: a bare one may begin with a hyphen, which a command line takes for an option. */
const JUDGEMENT = "jud_";

/** The day as it is told by itself, what in it is not useful, and searches that were named. */
export const dayHandlers: HandlersOf<DayRoutes> = {
  "digests.latest": async ({ application, principal }) => {
    const made = await application.days.latest(principal);
    if (made === undefined) return { type: "json", body: { data: null } };
    const { day, isSeen: seen, isTold: told, madeAtMs } = made;
    return { type: "json", body: { data: { day, made_at: timeText(madeAtMs), told, seen } } };
  },
  "digests.seen": async ({ application, principal, body }) => {
    await application.days.seen(principal, body.day);
    return { type: "empty" };
  },
  "digests.judge": async ({ application, principal, body }) => {
    const { day, key, zone } = body;
    const importId = body.import === undefined ? undefined : parseId("imp", body.import);
    const id = await application.days.judge(principal, { key, zone, ...withoutUndefined({ day, importId }) });
    if (id === undefined) throw gatewayErrors("not-found");
    return { type: "json", body: { id: `${JUDGEMENT}${id}` } };
  },
  "digests.judgements": async ({ application, principal }) => {
    const judgements = await application.days.judgements(principal);
    const data = judgements.map(({ atMs, kind, mark, topic }) => ({
      id: `${JUDGEMENT}${mark}`,
      kind,
      topic,
      at: timeText(atMs),
    }));
    return { type: "json", body: { data: data.toReversed() } };
  },
  "digests.unjudge": async ({ application, principal, params }) => {
    const mark = params.id.startsWith(JUDGEMENT) ? params.id.slice(JUDGEMENT.length) : undefined;
    const taken = params.id === "all" ? "all" : mark;
    if (taken === undefined || !(await application.days.unjudge(principal, taken))) throw gatewayErrors("not-found");
    return { type: "empty" };
  },
  "digestSettings.read": async ({ application, principal }) => ({
    type: "json",
    body: settingsJson(await application.days.settings(principal)),
  }),
  "digestSettings.write": async ({ application, principal, body }) => {
    const { hour, mail, webhook, zone } = body;
    const outcome = await application.days.configure(principal, {
      hour,
      zone,
      mail: mail === null ? null : { address: mail.address, level: levelOf(mail.level) },
      webhook: webhook === null ? null : { url: webhook.url, level: levelOf(webhook.level) },
    });
    if (outcome.type === "untaken") throw untakenError(outcome);
    return { type: "json", body: { settings: settingsJson(outcome.settings), webhook_secret: outcome.secret } };
  },
  "digestSettings.test": async ({ application, principal, body }) => {
    const { isSent: sent, why } = await application.days.test(principal, body.way);
    return { type: "json", body: { sent, why } };
  },
  "digestSettings.confirm": async ({ application, principal, body }) => {
    const settings = await application.days.confirm(principal, body.code);
    if (settings === undefined) {
      throw new FieldsError([
        { pointer: "/code", detail: "Is not the code that was sent, or too old: send a new one" },
      ]);
    }
    return { type: "json", body: settingsJson(settings) };
  },
  "digestSettings.addDevice": async ({ application, principal, body }) => {
    const outcome = await application.days.addDevice(principal, body);
    if (outcome.type === "untaken") throw untakenError(outcome);
    return { type: "json", body: settingsJson(outcome.settings) };
  },
  "digestSettings.removeDevice": async ({ application, principal, params }) => {
    if (!(await application.days.removeDevice(principal, params.id))) throw gatewayErrors("not-found");
    return { type: "empty" };
  },
  "savedSearches.list": async ({ application, principal }) => ({
    type: "json",
    body: { data: (await application.days.searches(principal)).map(searchJson) },
  }),
  "savedSearches.save": async ({ application, principal, body }) => {
    const { level: name, ...wish } = body;
    const level = name === undefined ? undefined : parseLevel(name);
    const saved = await application.days.saveSearch(principal, { ...wish, ...withoutUndefined({ level }) });
    if ("type" in saved) throw untakenError(saved);
    return { type: "json", body: searchJson(saved), made: saved.id };
  },
  "savedSearches.rename": async ({ application, principal, body, params }) => {
    const saved = await application.days.renameSearch(principal, params.id, body.name);
    if (saved === undefined) throw gatewayErrors("not-found");
    if ("type" in saved) throw untakenError(saved);
    return { type: "json", body: searchJson(saved) };
  },
  "savedSearches.remove": async ({ application, principal, params }) => {
    if (!(await application.days.removeSearch(principal, params.id))) throw gatewayErrors("not-found");
    return { type: "empty" };
  },
};

function untakenError({ field, why }: Untaken): FieldsError {
  return new FieldsError([{ pointer: `/${field}`, detail: why }]);
}

function settingsJson(view: DaySettingsView): Json {
  const { devices, hasMailer, hour, isDefault, last, mail, pushKey, webhook, zone } = view;
  return {
    hour,
    zone,
    default: isDefault,
    mail: mail === null ? null : { ...mail, level: levelName(mail.level) },
    webhook: webhook === null ? null : { ...webhook, level: levelName(webhook.level) },
    devices: devices.map(({ id, name }) => ({ id, name })),
    mail_available: hasMailer,
    push_key: pushKey,
    last:
      last === null ? null : { day: last.day, ways: last.ways.map(({ state, tries, way }) => ({ way, state, tries })) },
  };
}

function searchJson({ id, level, name, savedAtMs, search }: SavedSearchView): Json {
  return { id, name, search: { ...search }, level: levelName(level), saved_at: timeText(savedAtMs) };
}
