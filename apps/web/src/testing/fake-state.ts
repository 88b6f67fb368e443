/** What the fake server knows. Meanings are the simplest that let every screen be seen. */
import type { IncomingHttpHeaders } from "node:http";

import { parseLevel } from "@kaelix/model";

import type { OutputOf, WireImport, WireMemory, WireUser, WireVersion } from "../data/wire.ts";
import type { FakeAccess } from "./fake-access.ts";
import { type FakeKeeping, makeKeeping } from "./fake-keeping.ts";
import type { FakeShares } from "./fake-sharing.ts";
import { CARLA, fakeId, fakeLevel, fakeOwner } from "./fake-data.ts";

/** A problem document in the making. */
export class FakeProblem extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** A wire type that the fake may change. */
export type Editable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
/** A memory and what the fake knows besides. */
export type FakeMemory = Editable<WireMemory> & {
  forgotten: boolean;
  bornMs: number;
  conversationKey: string | null;
  log: WireVersion[];
};

/** Everything a fake knows. */
export interface FakeState {
  readonly claimCode: string;
  readonly startedMs: number;
  user: Editable<WireUser> | null;
  password: string;
  offset: number;
  readonly tokens: Set<string>;
  readonly memories: Map<string, FakeMemory>;
  readonly imports: Map<string, Editable<WireImport> & { beganMs: number }>;
  readonly conversationIds: Map<string, string>;
  readonly access: FakeAccess;
  readonly shares: FakeShares;
  /** Something was decided about who is who. */
  isDecided: boolean;
  /** A word was given to what a program proposed. */
  isAnswered: boolean;
  readonly keeping: FakeKeeping;
  seal: OutputOf<"seal.read">;
}

/** One call as the fake reads it. */
export interface FakeRequest {
  readonly body: unknown;
  readonly query: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
}

/** One answer before it is written. */
export interface FakeAnswer {
  readonly status?: number;
  readonly data?: unknown;
  /** Instead of JSON. */
  readonly text?: string;
  readonly headers?: Record<string, string>;
}

/** Names of the levels, least secret first. */
export const LEVELS = ["general", "confidential", "secret", "ultra-secret"] as const;
const SEARCHABLE_AFTER_MS = 400;

/** What is told. */
export interface Telling {
  readonly text: string;
  readonly at?: string | undefined;
  readonly level?: unknown;
  readonly speaker?: string | null;
  readonly conversation?: { readonly key: string; readonly title?: string | undefined } | undefined;
  readonly source?: WireMemory["source"];
  readonly client?: WireMemory["client"];
}

/** Keeps a memory as the fake knows it. */
export function tell(state: FakeState, telling: Telling): FakeMemory {
  const { text, conversation } = telling;
  const guess = fakeLevel(text);
  const chosen = telling.level === undefined || telling.level === "auto" ? undefined : parseLevel(telling.level);
  const level = chosen === undefined ? guess.level : (LEVELS[chosen - 1] ?? "general");
  const id = fakeId("mem");
  const now = new Date().toISOString();
  const position = `memories/0@${(state.offset += 1)}`;
  let conversationId: string | undefined;
  if (conversation !== undefined) {
    conversationId = state.conversationIds.get(conversation.key) ?? fakeId("con");
    state.conversationIds.set(conversation.key, conversationId);
  }
  const decidedBy = chosen === undefined ? "rule" : "person";
  const memory: FakeMemory = {
    id,
    text,
    caption: null,
    speaker: telling.speaker ?? null,
    conversation: conversationId === undefined ? null : { id: conversationId, title: conversation?.title ?? null },
    level,
    level_decided_by: decidedBy,
    confidence: chosen === undefined ? guess.confidence : 1,
    reasons: chosen === undefined ? [{ rule: guess.rule, level: guess.level, text: guess.why }] : [],
    source: telling.source ?? "chat",
    client: telling.client ?? null,
    external_id: null,
    import_id: null,
    attachments: [],
    files: [],
    context: null,
    occurred_at: telling.at ?? now,
    recorded_at: now,
    version: 1,
    position,
    progress: { stored: true, searchable: false, classified: true },
    forgotten: false,
    bornMs: telling.source === "whatsapp" ? 0 : Date.now(),
    conversationKey: conversation?.key ?? null,
    log: [
      {
        version: 1,
        change: "told",
        text,
        level,
        level_decided_by: decidedBy,
        client: telling.client ?? null,
        reason: null,
        at: now,
        position,
      },
    ],
  };
  state.memories.set(id, memory);
  return memory;
}

/** A fresh fake; seeded ones are claimed and know an invented chat. */
export function makeFakeState(seeded: boolean): FakeState {
  const state: FakeState = {
    claimCode: "7F3K-Q2MX",
    startedMs: Date.now(),
    user: null,
    password: "",
    offset: 88_400,
    tokens: new Set(),
    memories: new Map(),
    imports: new Map(),
    conversationIds: new Map(),
    access: { totp: false, codesBy: [], keyVersion: 1, isProved: false, keys: [] },
    shares: { given: [], received: [] },
    isDecided: false,
    isAnswered: false,
    keeping: makeKeeping(),
    seal: { revision: 0, key_id: null, tenant: "default", wraps: null },
  };
  if (!seeded) return state;
  state.user = fakeOwner("Ann Becker", "+15550100");
  state.password = "fake password";
  for (const line of CARLA) {
    tell(state, {
      text: line.text,
      at: line.at,
      speaker: line.from,
      source: "whatsapp",
      conversation: { key: "carla", title: "Carla" },
    });
  }
  const ago = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();
  tell(state, {
    text: "Grandpa's boat was called Seestern. He sold it in 1987 to a man from Kiel.",
    at: ago(73),
  });
  tell(state, {
    text: "The heating is serviced by Brandt, every October. Ask for Mr Okafor.",
    at: ago(26),
  });
  tell(state, { text: "Mum is allergic to walnuts", at: ago(3) });
  tell(state, { text: "My passport is in the blue box, number X1234567", at: ago(2) });
  tell(state, { text: "Promised Bob to return the drill before Sunday", at: ago(1) });
  return state;
}

/** True when the session may see a memory. */
export function shown(state: FakeState, memory: FakeMemory): boolean {
  return !memory.forgotten && LEVELS.indexOf(memory.level) <= LEVELS.indexOf(state.user?.open_up_to ?? "general");
}

/** A memory as the contract writes it. */
export function wire(memory: FakeMemory): WireMemory {
  const { forgotten: _forgotten, bornMs, conversationKey: _key, log: _log, ...rest } = memory;
  const searchable = LEVELS.indexOf(memory.level) < 2 && Date.now() - bornMs > SEARCHABLE_AFTER_MS;
  return { ...rest, progress: { ...rest.progress, searchable } };
}

/** What the session may see, newest first. */
export function visible(state: FakeState): FakeMemory[] {
  return [...state.memories.values()]
    .filter((memory) => shown(state, memory))
    .toSorted((a, b) => Date.parse(b.occurred_at) - Date.parse(a.occurred_at));
}
