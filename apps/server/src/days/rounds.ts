/**
 * Going round: makes everybody's day when its hour has come, and sends it on the ways they chose.
 *
 * Guarantees: a person's day is made once, across restarts and nodes: the book of days takes one of two who make it, and the other
 * stands back. A day that was missed is not caught up on. Whose import runs gets theirs when it has ended, so that it tells of all of it.
 * Before a way is tried, the try stands durably on the log, so whatever stops, goes on later and, once it is written that it was sent,
 * never comes again. A provider that puts it into sentences can hold it up for a bounded time, and never keep it from going. A day without
 * news goes nowhere. Nothing above what the person chose for a way goes out on it, and nothing above what is indexed at all.
 * What is announced to go by its age stands in every message until it goes, and is news by itself once.
 * It does not: send exactly once. Who is stopped between sending and writing it down sends the same message, with the same id, again.
 */
import type { Clock } from "@kaelix/base";
import type { Logger } from "@kaelix/coordinator";
import {
  type DayDelivery,
  type DayMade,
  type DayWay,
  EVENT_VERSION,
  LEVEL_INDEXED_MAX,
  type Level,
  type TenantId,
  type UserId,
} from "@kaelix/model";
import { type Calendar, calendarOf, type Digest, formatDay, makeDigest, type RecallSource } from "@kaelix/recall";

import type { DayWriter } from "../provider/day-writer.ts";
import type { DayBook } from "./day-book.ts";
import type { DayDesk } from "./desk.ts";
import { newsOf } from "./news.ts";
import { type Sent, type SenderParts, sendDay, sendMail, sendPush } from "./senders.ts";
import type { Announced } from "../retention/retention.ts";
import { readyWays, type Ways } from "./ways.ts";

/** What rounds work with. */
export interface RoundParts {
  readonly book: DayBook;
  readonly desk: DayDesk;
  readonly recall: RecallSource;
  readonly senders: SenderParts;
  /** Puts days into sentences as they go out; undefined: nobody does. */
  readonly writer?: DayWriter | undefined;
  /** Everybody who may be told. */
  readonly users: () => AsyncIterable<UserId>;
  readonly isSuspended: (user: UserId) => Promise<boolean>;
  readonly isImporting: (user: UserId) => boolean;
  readonly tenantOf: (user: UserId) => Promise<TenantId>;
  /** What was announced to go by its age, up to a level; undefined: nothing. */
  readonly leaving: (user: UserId, ceiling: Level) => Promise<Announced | undefined>;
  /** The id of a person's day, as it stands in messages. */
  readonly idOf: (user: UserId, day: string) => string;
  /** Told when something of somebody left the house, or could not. */
  readonly onSent: (made: DayMade, way: DayWay, outcome: Sent["type"]) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

const FIRST_MS = 5_000;
const EVERY_MS = 30_000;
const SENDING_MAX = 8;
const NOTES_MAX = 10;
/** How long after a try the next may come; one try more than there are waits. */
const WAITS_MS: readonly number[] = [60_000, 300_000, 1_800_000, 7_200_000];

/** Goes round until it is stopped. */
export class DayRounds {
  readonly #parts: RoundParts;
  readonly #calendars = new Map<string, Calendar | undefined>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  readonly #stopping = new AbortController();
  #isStopped = false;

  constructor(parts: RoundParts) {
    this.#parts = parts;
  }

  /** Begins to go round. */
  start(): void {
    this.#goIn(FIRST_MS);
  }

  #goIn(afterMs: number): void {
    const go = async (): Promise<void> => {
      await this.round();
      if (!this.#isStopped) this.#goIn(EVERY_MS);
    };
    this.#timer = setTimeout(() => {
      this.#running = go();
    }, afterMs);
    this.#timer.unref();
  }

  /** Ends after what is in flight. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** One round. Never throws: what goes wrong with one person is told to the log, and the others get theirs. */
  async round(): Promise<void> {
    const due: UserId[] = [];
    await this.#try(async () => {
      for await (const user of this.#parts.users()) {
        if (this.#isStopped) return;
        if (await this.#parts.isSuspended(user)) continue;
        if (!this.#parts.isImporting(user)) await this.#try(() => this.#make(user));
        if (this.#waysDue(user).length > 0) due.push(user);
      }
    });
    const sender = async (): Promise<void> => {
      for (let user = due.pop(); user !== undefined && !this.#isStopped; user = due.pop()) {
        const who = user;
        await this.#try(() => this.#send(who));
      }
    };
    await Promise.all(Array.from({ length: SENDING_MAX }, sender));
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (failure) {
      const words = { failure: failure instanceof Error ? failure.message : "unknown" };
      this.#parts.logger.warn(words, "A day will be tried again");
    }
  }

  /** Makes somebody's day when its hour has come and it was not made. */
  async #make(user: UserId): Promise<void> {
    const { book, clock, desk, senders } = this.#parts;
    const { hour, zone } = desk.when(user);
    const calendar = this.#calendar(zone);
    if (hour === null || calendar === undefined) return;
    const nowMs = clock.nowMs();
    const wall = new Date(calendar.wall(nowMs));
    const day = formatDay(calendar.dayOf(nowMs));
    const before = book.made(user);
    if (wall.getUTCHours() < hour || (before !== undefined && before.day >= day)) return;
    const digest = await this.#digest(user, day, LEVEL_INDEXED_MAX);
    const leaving = await this.#parts.leaving(user, LEVEL_INDEXED_MAX);
    const isAnnounced = leaving !== undefined && leaving.atMs > (before?.at ?? 0);
    const told = isAnnounced || (digest !== undefined && digest.sections.length > 0);
    const { ways } = await desk.wishes(user);
    const waiting = told ? readyWays(ways, senders.mailer !== undefined) : [];
    await book.put({
      ...stateOf({ tenant: before?.tenant ?? (await this.#parts.tenantOf(user)), user }, before, nowMs),
      day,
      told,
      seen_at: null,
      ways: waiting.map((way) => ({ way, state: "waiting", tries: 0, tried_at: 0 })),
    });
  }

  #waysDue(user: UserId): readonly DayWay[] {
    const nowMs = this.#parts.clock.nowMs();
    const ways = this.#parts.book.made(user)?.ways ?? [];
    return ways
      .filter(({ state, tried_at: triedAt, tries }) => {
        return state === "waiting" && (tries === 0 || nowMs - triedAt >= (WAITS_MS[tries - 1] ?? Infinity));
      })
      .map(({ way }) => way);
  }

  /** Sends somebody's day on every way that is due. */
  async #send(user: UserId): Promise<void> {
    for (const way of this.#waysDue(user)) {
      const nowMs = this.#parts.clock.nowMs();
      const tried = await this.#note(user, way, (before) => ({ ...before, tries: before.tries + 1, tried_at: nowMs }));
      if (tried === undefined) continue;
      const { ways } = await this.#parts.desk.wishes(user);
      const sent = await this.#sendBy(way, ways, { user, day: tried.day });
      this.#parts.onSent(tried, way, sent.type);
      // The person may have looked at their day meanwhile: what became of the message must be written all the same.
      for (let count = 0; count < NOTES_MAX && this.#parts.book.made(user)?.day === tried.day; count++) {
        const to = (before: DayDelivery): DayDelivery => ({ ...before, state: stateAfter(sent, before.tries) });
        if ((await this.#note(user, way, to)) !== undefined) break;
      }
    }
  }

  /** Writes down how far a way is; undefined when another came between, who then goes on with it. */
  async #note(user: UserId, way: DayWay, to: (before: DayDelivery) => DayDelivery): Promise<DayMade | undefined> {
    const { book } = this.#parts;
    const made = book.made(user);
    if (made === undefined) return undefined;
    const ways = made.ways.map((one) => (one.way === way ? to(one) : one));
    const next: DayMade = { ...made, revision: made.revision + 1, ways };
    return (await book.put(next)) === "done" ? next : undefined;
  }

  async #sendBy(way: DayWay, ways: Ways, of: { readonly user: UserId; readonly day: string }): Promise<Sent> {
    const { idOf, senders } = this.#parts;
    const id = idOf(of.user, of.day);
    // What was switched off since the day was made is not used any more.
    const off: Sent = { type: "failed", why: "it was switched off", again: false };
    if (way === "push") return this.#pushAll(ways, of.user, id);
    const target = way === "mail" ? ways.mail : ways.webhook;
    if (target === null || (way === "mail" && ways.mail?.confirmed !== true)) return off;
    const digest = await this.#digest(of.user, of.day, target.level);
    if (digest === undefined) return off;
    const prose = await this.#parts.writer?.write({
      user: of.user,
      digest,
      ceiling: target.level,
      upTo: (level) => this.#digest(of.user, of.day, level),
      isUrgent: false,
      signal: this.#stopping.signal,
    });
    const news = newsOf(id, digest, { prose, leaving: await this.#parts.leaving(of.user, target.level) });
    if (way === "mail") return ways.mail === null ? off : sendMail(senders, ways.mail, news);
    return ways.webhook === null ? off : sendDay(senders, ways.webhook, news);
  }

  /** Tells every browser; those that want no more are forgotten. One that was told is enough. */
  async #pushAll({ devices }: Ways, user: UserId, id: string): Promise<Sent> {
    const outcomes = await Promise.all(
      devices.map(async (device) => ({ device, sent: await sendPush(this.#parts.senders, device, id) })),
    );
    const gone = new Set(outcomes.flatMap(({ device, sent }) => (sent.type === "gone" ? [device.id] : [])));
    if (gone.size > 0) await this.#forgetDevices(user, gone);
    if (outcomes.some(({ sent }) => sent.type === "sent")) return { type: "sent" };
    const failed = outcomes.map(({ sent }) => sent).find((sent) => sent.type === "failed");
    return failed ?? { type: "failed", why: "no browser wants to be told any more", again: false };
  }

  async #forgetDevices(user: UserId, gone: ReadonlySet<string>): Promise<void> {
    const { book, desk, tenantOf } = this.#parts;
    const tenant = book.settings(user)?.tenant ?? (await tenantOf(user));
    await desk.change(tenant, user, (before) => ({
      ...before,
      ways: { ...before.ways, devices: before.ways.devices.filter(({ id }) => !gone.has(id)) },
    }));
  }

  async #digest(user: UserId, day: string, ceiling: Level): Promise<Digest | undefined> {
    const { desk, recall } = this.#parts;
    const notUseful = await desk.judgements(user);
    const { zone } = desk.when(user);
    const outcome = await makeDigest(recall, { userId: user, ceiling, zone, day, notUseful });
    return outcome.type === "digest" ? outcome.digest : undefined;
  }

  /** Of a zone that the platform does not know any more nothing is made by itself until another is chosen. */
  #calendar(zone: string): Calendar | undefined {
    if (!this.#calendars.has(zone)) this.#calendars.set(zone, calendarOf(zone));
    return this.#calendars.get(zone);
  }
}

function stateAfter(sent: Sent, tries: number): DayDelivery["state"] {
  if (sent.type === "sent") return "sent";
  return sent.again && tries <= WAITS_MS.length ? "waiting" : "failed";
}

function stateOf(
  owner: { readonly tenant: TenantId; readonly user: UserId },
  before: DayMade | undefined,
  at: number,
): Pick<DayMade, "type" | "v" | "at" | "tenant" | "user" | "revision"> {
  const revision = (before?.revision ?? 0) + 1;
  return { type: "day.made", v: EVENT_VERSION, at, ...owner, revision };
}
