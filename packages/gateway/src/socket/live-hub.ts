/**
 * What happens, to whoever follows it. One hub for server-sent events and socket.io.
 *
 * Guarantees: a follower gets events of its own user alone, none above its session's ceiling and, being a program, none of what it may not
 * read, each at most once and in log order; of each view at most one watermark per 250 ms, and only of partitions that events stand in
 * which it may hear; within a second of a session's end or fall in level the follower has ended or sees less, and a person hears what others
 * share with them no more, or newly. Numbers of followers are bounded.
 * Does not: hold events for followers that are away (they resume from the log), or wait for slow ones (they are let go).
 */
import { type Clock, formatPosition, type LogPosition } from "@kaelix/base";
import { type GrantId, levelName, type UserPrincipal } from "@kaelix/model";
import { decide, type DecisionContext, type Resource } from "@kaelix/security";

import type { EventsApplication, LiveEvent } from "../events-application.ts";
import { gatewayErrors } from "../errors.ts";
import { standIn } from "../http/caller.ts";
import type { Json } from "../http/wire.ts";
import type { Authentication, IdentityPort } from "../identity-port.ts";

/** An event as it is sent. `id` is the log position for events that a stream can be resumed from. */
export interface SentEvent {
  readonly id: string | undefined;
  readonly name: LiveEvent["type"] | "shares.changed";
  readonly data: Json;
}

/** Someone who follows. `send` must not block; false says that it is too slow and must go. */
export interface Follower {
  readonly accessToken: string;
  readonly principal: UserPrincipal;
  send(event: SentEvent): boolean;
  /** Called once when the hub lets go of it. */
  end(why: "token-expired" | "session-ended" | "too-slow" | "closing"): void;
  /** Called every 15 seconds. */
  beat(): void;
}

interface Followed {
  readonly follower: Follower;
  principal: UserPrincipal;
  ceilingUntilMs: number | null;
  /** What others share with them, as they last heard. */
  shares: ReadonlySet<GrantId>;
  /** `topic/partition` of events seen, to know whose watermarks matter. */
  readonly partitions: Set<string>;
  /** `view topic/partition` → offset last told. */
  readonly told: Map<string, number>;
  /** Events that are looked up for a program, one after the other, and how many wait. */
  lookedUp: Promise<void>;
  waiting: number;
}

const WATERMARK_EVERY_MS = 250;
const RECHECK_EVERY_MS = 1_000;
const BEAT_EVERY_MS = 15_000;
const PARTITIONS_MAX = 8;
const WAITING_MAX = 1_000;
const FOLLOWERS_MAX = 20_000;

/** The hub of one gateway. */
export class LiveHub {
  readonly #clock: Clock;
  readonly #perUserMax: number;
  readonly #byUser = new Map<string, Set<Followed>>();
  /** `view topic/partition` → the newest watermark. */
  readonly #watermarks = new Map<string, { readonly view: string; readonly position: LogPosition }>();
  #count = 0;
  #isDirty = false;
  #identity: IdentityPort | undefined;
  #events: EventsApplication | undefined;
  #source: { stop(): void } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #recheckedAtMs = 0;
  #beatAtMs = 0;

  constructor(options: { readonly clock: Clock; readonly perUserMax: number }) {
    this.#clock = options.clock;
    this.#perUserMax = options.perUserMax;
  }

  /** Begins to listen once the house is ready. */
  attach(events: EventsApplication, identity: IdentityPort): void {
    this.#identity = identity;
    this.#events = events;
    this.#source = events.follow((event) => this.#take(event));
    this.#timer = setInterval(() => this.#tick(), WATERMARK_EVERY_MS);
    this.#timer.unref();
  }

  /** Lets everybody go. */
  close(): void {
    clearInterval(this.#timer);
    this.#source?.stop();
    for (const followed of this.#all()) this.#letGo(followed, "closing");
  }

  /** Followers now. */
  get size(): number {
    return this.#count;
  }

  /** Adds a follower, who may already be at a position; the function returned takes it out. @throws KaelixError `streams-spent` */
  add(follower: Follower, after?: LogPosition): () => void {
    const { userId } = follower.principal;
    const own = this.#byUser.get(userId) ?? new Set<Followed>();
    if (own.size >= this.#perUserMax || this.#count >= FOLLOWERS_MAX) throw gatewayErrors("streams-spent");
    const partitions = new Set(after === undefined ? [] : [partitionOf(after)]);
    const followed: Followed = {
      follower,
      principal: follower.principal,
      ceilingUntilMs: null,
      shares: this.#sharedWith(follower.principal),
      partitions,
      told: new Map(),
      lookedUp: Promise.resolve(),
      waiting: 0,
    };
    this.#isDirty ||= after !== undefined;
    own.add(followed);
    this.#byUser.set(userId, own);
    this.#count += 1;
    return () => this.#remove(followed);
  }

  #take(event: LiveEvent): void {
    if (event.type === "watermark") {
      this.#watermarks.set(`${event.view} ${partitionOf(event.position)}`, event);
      this.#isDirty = true;
      return;
    }
    const own = this.#byUser.get(event.userId);
    if (own === undefined) return;
    const sent = sentOf(event);
    const nowMs = this.#clock.nowMs();
    for (const followed of own) {
      // Not even the watermarks of its partition: they would say that something happened.
      if (!isVisible(event, followed.principal, { nowMs, ceilingUntilMs: followed.ceilingUntilMs })) continue;
      if (followed.principal.program === undefined) this.#tell(followed, event, sent);
      else this.#lookUp(followed, event, sent);
    }
  }

  #tell(followed: Followed, { position }: LiveEvent, sent: SentEvent): void {
    if (position !== undefined && followed.partitions.size < PARTITIONS_MAX)
      followed.partitions.add(partitionOf(position));
    this.#isDirty = true;
    if (!followed.follower.send(sent)) this.#letGo(followed, "too-slow");
  }

  /** Tells a program of an event once it is known that it may read what it is about. */
  #lookUp(followed: Followed, event: Exclude<LiveEvent, { type: "watermark" }>, sent: SentEvent): void {
    if (followed.waiting >= WAITING_MAX) {
      this.#letGo(followed, "too-slow");
      return;
    }
    followed.waiting += 1;
    const tell = async (): Promise<void> => {
      const mayHear = await this.#events?.mayHear(followed.principal, event);
      const isThere = this.#byUser.get(event.userId)?.has(followed) === true;
      if (mayHear === true && isThere) this.#tell(followed, event, sent);
    };
    followed.lookedUp = followed.lookedUp
      .then(tell)
      // It resumes from where it was, and hears what it missed then.
      .catch(() => this.#letGo(followed, "too-slow"))
      .finally(() => (followed.waiting -= 1));
  }

  #tick(): void {
    const nowMs = this.#clock.monotonicMs();
    if (this.#isDirty) this.#tellWatermarks();
    if (nowMs - this.#recheckedAtMs >= RECHECK_EVERY_MS) {
      this.#recheckedAtMs = nowMs;
      for (const followed of this.#all()) this.#recheck(followed);
    }
    if (nowMs - this.#beatAtMs >= BEAT_EVERY_MS) {
      this.#beatAtMs = nowMs;
      for (const followed of this.#all()) followed.follower.beat();
    }
  }

  #tellWatermarks(): void {
    this.#isDirty = false;
    for (const followed of this.#all()) {
      if (followed.partitions.size === 0) continue;
      const viewsTold = new Set<string>();
      for (const [key, watermark] of this.#watermarks) {
        const { view, position } = watermark;
        if (!followed.partitions.has(partitionOf(position)) || followed.told.get(key) === position.offset) continue;
        if (viewsTold.has(view)) {
          // One per view and tick: the others come with the next.
          this.#isDirty = true;
          continue;
        }
        viewsTold.add(view);
        followed.told.set(key, position.offset);
        if (!followed.follower.send(sentOf({ type: "watermark", view, position }))) {
          this.#letGo(followed, "too-slow");
          break;
        }
      }
    }
  }

  #recheck(followed: Followed): void {
    const outcome = this.#identity?.authenticate(followed.follower.accessToken);
    if (outcome === undefined) return;
    const settle = (known: Authentication): void => {
      if (known.type === "refused") {
        this.#letGo(followed, known.why === "expired" ? "token-expired" : "session-ended");
      } else {
        followed.principal = standIn(known.type === "key" ? known.subject : known.principal);
        followed.ceilingUntilMs = known.type === "key" ? null : known.ceilingUntilMs;
        this.#tellShares(followed);
      }
    };
    if (outcome instanceof Promise) {
      outcome.then(settle, () => this.#letGo(followed, "session-ended"));
    } else {
      settle(outcome);
    }
  }

  #sharedWith(principal: UserPrincipal): ReadonlySet<GrantId> {
    const isProgram = principal.program !== undefined;
    return new Set(isProgram ? [] : this.#events?.sharedWith(principal));
  }

  #tellShares(followed: Followed): void {
    const before = followed.shares;
    const now = this.#sharedWith(followed.principal);
    const [opened, ended] = [without(now, before), without(before, now)];
    if (opened.length + ended.length === 0) return;
    followed.shares = now;
    const data = { type: "shares.changed", opened: [...opened], ended: [...ended] };
    if (!followed.follower.send({ id: undefined, name: "shares.changed", data })) this.#letGo(followed, "too-slow");
  }

  /** A copy, for whoever is let go on the way leaves the sets. */
  #all(): readonly Followed[] {
    return [...this.#byUser.values()].flatMap((own) => [...own]);
  }

  #letGo(followed: Followed, why: Parameters<Follower["end"]>[0]): void {
    if (this.#remove(followed)) followed.follower.end(why);
  }

  #remove(followed: Followed): boolean {
    const { userId } = followed.follower.principal;
    const own = this.#byUser.get(userId);
    if (own?.delete(followed) !== true) return false;
    if (own.size === 0) this.#byUser.delete(userId);
    this.#count -= 1;
    return true;
  }
}

/** True when a session may hear of an event. A level that nobody knows any more counts as the highest. */
export function isVisible(event: LiveEvent, principal: UserPrincipal, context: DecisionContext): boolean {
  if (event.type === "watermark") return true;
  const owned = { type: "owned", tenant: principal.tenantId, owner: event.userId } as const;
  const resource: Resource = event.type === "import.changed" ? owned : { ...owned, level: event.level ?? 4 };
  return decide(principal, "events.follow", resource, context).allow;
}

/** An event as it goes over the wire. Only what stands on the log in its place has an id: elsewhere a stream cannot be resumed from. */
export function sentOf(event: LiveEvent): SentEvent {
  const id = event.position && formatPosition(event.position);
  const position = id === undefined ? {} : { position: id };
  switch (event.type) {
    case "watermark":
      return { id: undefined, name: event.type, data: { type: event.type, view: event.view, ...position } };
    case "import.changed":
      return { id, name: event.type, data: { type: event.type, ...position, import_id: event.importId } };
    case "memory.stored":
    case "memory.revised":
    case "memory.forgotten":
    case "memory.restored":
    case "memory.recall-decided":
    case "memory.erased": {
      const level = event.level === null ? null : levelName(event.level);
      return { id, name: event.type, data: { type: event.type, ...position, memory_id: event.memoryId, level } };
    }
  }
}

function without<Item>(items: ReadonlySet<Item>, others: ReadonlySet<Item>): readonly Item[] {
  return [...items].filter((item) => !others.has(item));
}

function partitionOf(position: LogPosition): string {
  return `${position.topic}/${position.partition}`;
}
