/** What the fake server says of the day: one promise, what is not useful, settings that keep what they are told, named searches. */
import type { RouteName } from "@kaelix/contract";

import type { OutputOf } from "../data/wire.ts";
import { type FakeAnswer, FakeProblem, type FakeRequest, type FakeState, visible, wire } from "./fake-state.ts";

type Settings = OutputOf<"digestSettings.read">;
type Saved = OutputOf<"savedSearches.list">["data"][number];

interface Kept {
  settings: Settings;
  seen: boolean;
  judged: OutputOf<"digests.judgements">["data"];
  searches: Saved[];
}

const DAY = "2026-11-22";
const kept = new WeakMap<FakeState, Kept>();

function keptOf(state: FakeState): Kept {
  const known = kept.get(state);
  if (known !== undefined) return known;
  const last: Settings["last"] = { day: DAY, ways: [{ way: "mail", state: "sent", tries: 1 }] };
  const base = { hour: 7, zone: "Europe/Berlin", default: false, mail: null, webhook: null } as const;
  const settings: Settings = {
    ...base,
    devices: [{ id: "d1", name: "Firefox on Linux" }],
    mail_available: true,
    push_key: "BKey",
    last,
  };
  const fresh: Kept = { settings, seen: false, judged: [], searches: [] };
  kept.set(state, fresh);
  return fresh;
}

/** A digest of one line, which stands on the oldest memory that is seen; none while nothing is known. */
function digest(state: FakeState, { judged }: Kept): FakeAnswer {
  const memory = visible(state).findLast(({ conversationKey }) => conversationKey !== null);
  const key = `on-this-day:${DAY}`;
  const isTold = memory !== undefined && !judged.some(({ id }) => id === key);
  const evidence = memory === undefined ? [] : [{ memory: wire(memory), range: [0, memory.text.length] }];
  const line = { key, text: "2 years ago", day: DAY, count: 1, evidence };
  const sections = isTold ? [{ kind: "on-this-day", more: 0, lines: [line] }] : [];
  const writes = sections.length > 0;
  return { data: { day: DAY, zone: "UTC", memories: 1, writes, sections, took_ms: 1, as_of: "memories/0@0" } };
}

/** The same in one sentence. */
function prose(state: FakeState): FakeAnswer {
  const memory = visible(state).findLast(({ conversationKey }) => conversationKey !== null);
  const said = memory === undefined ? "" : wire(memory);
  const memories = typeof said === "string" ? [] : [said.id];
  const text = "Two years ago today somebody told you what you may have forgotten.";
  const sentences = [{ text, lines: [`on-this-day:${DAY}`], memories }];
  return { data: { day: DAY, sentences, written_by: "small-1 at llm.example.org", not_written: null } };
}

function settingsOf(mine: Kept, name: string, request: FakeRequest): FakeAnswer | undefined {
  // The schema has read it.
  const body = request.body as {
    hour: number | null;
    zone: string;
    mail: { address: string; level: "general" | "confidential" } | null;
    webhook: { url: string; level: "general" | "confidential" } | null;
    code: string;
  };
  switch (name) {
    case "digestSettings.read":
      return { data: mine.settings };
    case "digestSettings.write": {
      const { hour, mail, webhook, zone } = body;
      const isNew = webhook !== null && mine.settings.webhook?.url !== webhook.url;
      const isSame = mine.settings.mail?.address === mail?.address && mine.settings.mail?.confirmed === true;
      mine.settings = {
        ...mine.settings,
        hour,
        zone,
        webhook,
        mail: mail === null ? null : { ...mail, confirmed: isSame },
      };
      return { data: { settings: mine.settings, webhook_secret: isNew ? "whsec_bm90IGEgc2VjcmV0IGF0IGFsbA==" : null } };
    }
    case "digestSettings.test":
      return { data: { sent: true, why: null } };
    case "digestSettings.confirm": {
      const { mail } = mine.settings;
      if (body.code !== "123456" || mail === null) throw new FakeProblem(400, "fields-invalid", "Not the code");
      mine.settings = { ...mine.settings, mail: { ...mail, confirmed: true } };
      return { data: mine.settings };
    }
    case "digestSettings.addDevice": {
      const { endpoint: id, name: device } = request.body as { readonly endpoint: string; readonly name: string };
      const others = mine.settings.devices.filter((one) => one.id !== id);
      mine.settings = { ...mine.settings, devices: [...others, { id, name: device }] };
      return { status: 201, data: mine.settings };
    }
    case "digestSettings.removeDevice":
      mine.settings = {
        ...mine.settings,
        devices: mine.settings.devices.filter(({ id }) => id !== request.params["id"]),
      };
      return { status: 204 };
    default:
      return undefined;
  }
}

function searchesOf(mine: Kept, name: string, { body, params }: FakeRequest): FakeAnswer | undefined {
  switch (name) {
    case "savedSearches.list":
      return { data: { data: mine.searches } };
    case "savedSearches.save": {
      const wish = body as Pick<Saved, "name" | "search">;
      const saved: Saved = {
        level: "general",
        ...wish,
        id: `sea_${mine.searches.length}`,
        saved_at: new Date().toISOString(),
      };
      mine.searches = [...mine.searches.filter((one) => one.name !== wish.name), saved];
      return { status: 201, data: saved };
    }
    case "savedSearches.rename": {
      const { name: next } = body as Pick<Saved, "name">;
      const known = mine.searches.find(({ id }) => id === params["id"]);
      if (known === undefined) throw new FakeProblem(404, "not-found", "There is none");
      if (mine.searches.some((one) => one.name === next && one !== known))
        throw new FakeProblem(400, "fields-invalid", "Another search is called that");
      mine.searches = mine.searches.map((one) => (one === known ? { ...known, name: next } : one));
      return { data: { ...known, name: next } };
    }
    case "savedSearches.remove":
      mine.searches = mine.searches.filter(({ id }) => id !== params["id"]);
      return { status: 204 };
    default:
      return undefined;
  }
}

/** Answers what belongs to the day. @throws FakeProblem */
export function days(state: FakeState, name: RouteName, request: FakeRequest): FakeAnswer | undefined {
  const mine = keptOf(state);
  switch (name as string) {
    case "digests.read":
      return digest(state, mine);
    case "digests.write":
      return prose(state);
    case "digests.latest":
      return {
        data: { data: { day: DAY, made_at: `${DAY}T06:00:00.000Z`, told: state.memories.size > 0, seen: mine.seen } },
      };
    case "digests.seen":
      mine.seen = true;
      return { status: 204 };
    case "digests.judge": {
      const { key } = request.body as { key: string };
      mine.judged = [{ id: key, kind: "on-this-day", topic: "Carla", at: new Date().toISOString() }];
      return { status: 201, data: { id: key } };
    }
    case "digests.judgements":
      return { data: { data: mine.judged } };
    case "digests.unjudge":
      mine.judged = [];
      return { status: 204 };
    default:
      return settingsOf(mine, name, request) ?? searchesOf(mine, name, request);
  }
}
