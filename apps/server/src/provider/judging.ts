/**
 * Has the AI provider judge memories of whose level the rules are unsure, beside the flow: what is told is stored at the rules' level first.
 *
 *   told ──► noted ─┐
 *   before this start ─► a walk through the rows ─┴─► batches of one person ─► provider ─► one event each
 *
 * Guarantees: only memories that the rules put at a level that may be sent, never one whose level a person chose, and none of who wants
 * nothing of theirs sent; each is asked about
 * until there is a verdict or `TRIES_MAX` answers were no verdict, and then never again, which its own event on the log says: a restart goes
 * on where it was. Texts of two people never share a request. What fails waits, in bounds; nothing waits for it.
 */
import { setTimeout as sleepFor } from "node:timers/promises";

import { isKaelixError } from "@kaelix/base";
import type { Changes, Owner, Rejudged } from "@kaelix/capture";
import type { Logger } from "@kaelix/coordinator";
import {
  askForLevels,
  JUDGED_TEXTS_MAX,
  joinVerdict,
  type ProviderVerdict,
  waitMsOf,
  wasAsked,
  wasTaught,
} from "@kaelix/intelligence";
import type { Classification, Level, MemoryContent, MemoryEvent, MemoryId, UserId } from "@kaelix/model";
import type { MemoryStore, SealedContent } from "@kaelix/views";

import type { HouseProvider } from "./house-provider.ts";

/** Memories told since the start that wait; beyond them the rows are walked through once more. */
const NOTED_MAX = 10_000;
const PAGE = 256;
/** Requests that are made up at once; how many are sent is the provider's limit. */
const AT_ONCE = 4;
/** Answers about one memory that are no verdict, before the rules' level stands for good. */
const TRIES_MAX = 7;
/** Answers without a verdict in a row, after which a pause is made between any two. */
const NONSENSE_MAX = 24;
const WAIT_MS_MIN = 1_000;
const WAIT_MS_MAX = 60_000;

/** What judging needs of the house. */
export interface JudgingParts {
  readonly provider: Pick<HouseProvider, "chatFor" | "who" | "levelMax" | "judgesBelow">;
  readonly store: Pick<MemoryStore, "doubtful" | "doubtfulCount" | "memories">;
  readonly changes: Pick<Changes, "rejudge">;
  readonly openRows: (rows: readonly SealedContent[]) => Promise<readonly (MemoryContent | undefined)[]>;
  /** Waits until the rows show what a user has written. */
  readonly written: (user: UserId) => Promise<void>;
  readonly logger: Logger;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

type Chatting = NonNullable<ReturnType<HouseProvider["chatFor"]>>;

interface Item {
  readonly owner: Owner;
  readonly memoryId: MemoryId;
}

interface Text {
  readonly memoryId: MemoryId;
  readonly version: number;
  readonly text: string;
  readonly rules: Pick<Classification, "level" | "confidence" | "reasons">;
}

/** How judging stands. Counts are since the start. */
export interface JudgingState {
  readonly waiting: number;
  readonly judged: number;
  readonly raised: number;
  /** Memories about which it said nothing of use. */
  readonly silent: number;
}

/** Judges in the background. Call `start` once, then `stop` once. */
export class Judging {
  readonly #parts: JudgingParts;
  readonly #stop = new AbortController();
  readonly #noted = new Map<MemoryId, Item>();
  readonly #tries = new Map<MemoryId, { readonly count: number; readonly answers: number }>();
  #answers = 0;
  /** Answers without a verdict, one after the other. */
  #nonsense = 0;
  /** Where the walk through the rows is; undefined: it has ended. */
  #walk: { readonly after: MemoryId | undefined } | undefined = { after: undefined };
  #wake: () => void = () => undefined;
  #loop: Promise<void> = Promise.resolve();
  #counts = { judged: 0, raised: 0, silent: 0 };
  /** Rows that will not be asked about again though they look as if they would. */
  #passed = 0;
  #walksAgain = false;

  constructor(parts: JudgingParts) {
    this.#parts = parts;
  }

  /** Begins. */
  start(): void {
    this.#loop = this.#run();
  }

  /** Ends; what was being asked is asked again after the next start. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#loop;
  }

  /** Told of events once they are on the log. Costs nothing where the rules are sure. */
  note(events: readonly MemoryEvent[]): void {
    let isNew = false;
    for (const event of events) {
      if (event.type !== "memory.remembered" && event.type !== "memory.revised") continue;
      if (!this.#isDoubtful(event.level_by === "rule", event.level, event.confidence)) continue;
      if (this.#noted.size >= NOTED_MAX) this.#walk = { after: undefined };
      else this.#noted.set(event.memory, { owner: event, memoryId: event.memory });
      isNew = true;
    }
    if (isNew) this.#wake();
  }

  /** Somebody lets theirs be judged again: once more through all rows, after the walk that may be under way. */
  again(): void {
    if (this.#walk === undefined) this.#walk = { after: undefined };
    else this.#walksAgain = true;
    this.#wake();
  }

  /** How it stands. */
  async state(): Promise<JudgingState> {
    const { levelMax, judgesBelow } = this.#parts.provider;
    const open = await this.#parts.store.doubtfulCount({ levelMax, below: judgesBelow });
    return { ...this.#counts, waiting: Math.max(0, open - this.#passed) };
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        if (await this.#round()) continue;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
          if (this.#noted.size > 0 || this.#walk !== undefined || signal.aborted) resolve();
        });
      } catch (error) {
        if (signal.aborted) return;
        this.#parts.logger.warn({ code: isKaelixError(error) ? error.code : "unknown" }, "Judging by the AI provider");
        const askedMs = this.#nonsense > NONSENSE_MAX ? WAIT_MS_MAX : waitMsOf(error);
        await this.#pause(Math.max(WAIT_MS_MIN, Math.min(WAIT_MS_MAX, askedMs)));
      }
    }
  }

  /** Judges what waits; false when nothing does. @throws what the provider fails with; what was judged stands */
  async #round(): Promise<boolean> {
    if (this.#noted.size === 0 && !(await this.#walkOn())) return false;
    const items = [...this.#noted.values()].slice(0, PAGE);
    const batches = [...Map.groupBy(items, ({ owner }) => owner.user).values()].flatMap((of) =>
      Array.from({ length: Math.ceil(of.length / JUDGED_TEXTS_MAX) }, (_, at) =>
        of.slice(at * JUDGED_TEXTS_MAX, (at + 1) * JUDGED_TEXTS_MAX),
      ),
    );
    for (let at = 0; at < batches.length; at += AT_ONCE) {
      const settled = await Promise.allSettled(batches.slice(at, at + AT_ONCE).map((batch) => this.#judge(batch)));
      for (const one of settled) if (one.status === "rejected") throw one.reason;
    }
    return true;
  }

  /** Notes the next rows of the walk; false when it has ended. */
  async #walkOn(): Promise<boolean> {
    const walk = this.#walk;
    if (walk === undefined) return false;
    const { judgesBelow, levelMax } = this.#parts.provider;
    if (walk.after === undefined) this.#passed = 0;
    const rows = await this.#parts.store.doubtful({ levelMax, below: judgesBelow }, walk.after, PAGE);
    for (const { memoryId, tenant, userId } of rows)
      this.#noted.set(memoryId, { owner: { tenant, user: userId }, memoryId });
    // Another walk may have been asked for meanwhile.
    if (this.#walk !== walk) return true;
    const last = rows.at(-1);
    this.#walk = last === undefined ? undefined : { after: last.memoryId };
    if (this.#walk === undefined && this.#walksAgain) {
      this.#walksAgain = false;
      this.#walk = { after: undefined };
    }
    return true;
  }

  /** Judges memories of one person. @throws what the provider fails with */
  async #judge(items: readonly Item[]): Promise<void> {
    const [first] = items;
    if (first === undefined) return;
    const chat = this.#parts.provider.chatFor(first.owner.user);
    if (chat === undefined) return this.#leave(items);
    // One of them may be what the provider stumbles over.
    const isApart = items.length > 1 && items.some(({ memoryId }) => this.#tries.has(memoryId));
    const texts = isApart ? [] : await this.#texts(items);
    let verdicts: readonly ProviderVerdict[] | undefined = [];
    try {
      if (texts.length > 0) verdicts = await this.#ask(chat, texts);
    } catch (error) {
      // They said no while it was asked.
      if (this.#parts.provider.chatFor(first.owner.user) === undefined) return this.#leave(items);
      if (!isFailure(error)) throw error;
      for (const item of items) this.#putLast(item);
      const isGivenUp = texts.length === 1 && this.#countTry(first.memoryId, this.#answers);
      if (!isGivenUp) {
        if (texts.length > 1) for (const { memoryId } of texts) this.#countTry(memoryId, this.#answers);
        throw error;
      }
      verdicts = undefined;
    }
    if (isApart || (verdicts === undefined && texts.length > 1)) {
      for (const item of items) await this.#judge([item]);
      return;
    }
    // No verdict counts each time, whatever becomes of others.
    if (verdicts === undefined && !this.#isSilent(first.memoryId)) return this.#judge(items);
    await this.#take(first.owner, texts, verdicts);
    for (const item of items) this.#finish(item);
  }

  async #take(owner: Owner, texts: readonly Text[], verdicts: readonly ProviderVerdict[] | undefined): Promise<void> {
    if (texts.length === 0) return;
    const { changes, provider } = this.#parts;
    const judged = texts.map(({ memoryId, rules, version }, at): Rejudged => {
      return { memoryId, version, judged: joinVerdict(rules, verdicts?.[at] ?? "silent", provider.who) };
    });
    const taken = await changes.rejudge(owner, judged);
    if (verdicts === undefined) {
      this.#counts.silent += taken;
      this.#passed += taken;
      return;
    }
    this.#counts.judged += taken;
    this.#counts.raised += judged.filter((one, at) => one.judged.level > (texts[at]?.rules.level ?? 4)).length;
  }

  /** What is still to be judged of memories, as they are now: what was moved up or forgotten meanwhile is not sent. */
  async #texts(items: readonly Item[]): Promise<readonly Text[]> {
    const { openRows, store, written } = this.#parts;
    const user = items[0]?.owner.user;
    if (user === undefined) return [];
    await written(user);
    const found = await store.memories(
      user,
      items.map(({ memoryId }) => memoryId),
    );
    const rows = found.filter(({ confidence, level, levelDecidedBy, state }) => {
      return state === "live" && this.#isDoubtful(levelDecidedBy === "rule", level, confidence);
    });
    const contents = await openRows(rows);
    return rows.flatMap(({ confidence, level, memoryId, version }, at): Text[] => {
      const content = contents[at];
      // What its person taught is no question any more.
      if (content === undefined || wasAsked(content.reasons) || wasTaught(content.reasons)) {
        this.#passed += 1;
        return [];
      }
      return [{ memoryId, version, text: saidIn(content), rules: { level, confidence, reasons: content.reasons } }];
    });
  }

  /** Verdicts; undefined when the answer was none. @throws where it may be another time */
  async #ask(chat: Chatting, texts: readonly Text[]): Promise<readonly ProviderVerdict[] | undefined> {
    try {
      const said = texts.map(({ text }) => text);
      const verdicts = await askForLevels(chat, said, this.#stop.signal);
      this.#answers += 1;
      this.#nonsense = 0;
      return verdicts;
    } catch (error) {
      if (!isAboutTexts(error)) throw error;
      this.#nonsense += 1;
      // Every answer is none: it is no use to pay for more of them soon.
      if (this.#nonsense > NONSENSE_MAX) throw error;
      const [only] = texts;
      // Who will not speak of a text will not the next time either.
      if (texts.length === 1 && only !== undefined && isKaelixError(error, "provider-declined"))
        this.#tries.set(only.memoryId, { count: TRIES_MAX, answers: this.#answers });
      return undefined;
    }
  }

  /** True when it was tried often enough. A failure counts where others were answered since: else it is the provider that fails. */
  #countTry(memoryId: MemoryId, answers: number): boolean {
    const before = this.#tries.get(memoryId);
    if (before !== undefined && before.answers === answers) return false;
    const count = (before?.count ?? 0) + 1;
    this.#tries.set(memoryId, { count, answers });
    return count >= TRIES_MAX;
  }

  #isSilent(memoryId: MemoryId): boolean {
    const count = (this.#tries.get(memoryId)?.count ?? 0) + 1;
    this.#tries.set(memoryId, { count, answers: this.#answers });
    return count >= TRIES_MAX;
  }

  /** Leaves them at the rules' level: their person wants nothing of theirs sent. */
  #leave(items: readonly Item[]): void {
    this.#passed += items.length;
    for (const item of items) this.#finish(item);
  }

  #putLast(item: Item): void {
    if (this.#noted.get(item.memoryId) !== item) return;
    this.#noted.delete(item.memoryId);
    this.#noted.set(item.memoryId, item);
  }

  #finish(item: Item): void {
    this.#tries.delete(item.memoryId);
    // Changed meanwhile, it was noted anew.
    if (this.#noted.get(item.memoryId) === item) this.#noted.delete(item.memoryId);
  }

  #isDoubtful(isByRule: boolean, level: Level, confidence: number): boolean {
    const { judgesBelow, levelMax } = this.#parts.provider;
    return isByRule && level <= levelMax && confidence < judgesBelow;
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#stop;
    const wait =
      this.#parts.sleep ??
      ((time: number, until: AbortSignal) => sleepFor(time, undefined, { signal: until, ref: false }));
    await wait(ms, signal).catch(() => undefined);
  }
}

/** What of a memory is judged: the same as the rules are shown. */
function saidIn({ caption, context, text }: MemoryContent): string {
  const around = context === undefined ? "" : typeof context === "string" ? context : JSON.stringify(context);
  return [text, caption ?? "", around].filter((part) => part !== "").join("\n");
}

/** True where these texts, or the provider, may be the reason. */
function isFailure(error: unknown): boolean {
  return isKaelixError(error) && ["provider-failed", "provider-late", "provider-answer-invalid"].includes(error.code);
}

/** True where asking about the same texts again and again is of no use. */
function isAboutTexts(error: unknown): boolean {
  if (!isKaelixError(error)) return false;
  if (error.details["isOfText"] === true) return true;
  return error.code === "provider-refused" && [400, 413, 422].includes(Number(error.details["status"]));
}
