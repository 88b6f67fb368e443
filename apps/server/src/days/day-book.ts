/**
 * The book of days: topic `days`, folded into memory at start and followed from there.
 *
 * Guarantees: what `put` answers is durable on the log and folded here; of two that write the same state of one thing, here or on another
 * node, the first on the log stands and the other is told `late`; what stands is then written after it, so that compaction, which keeps
 * the last record, keeps the right one; a day never goes back; a record that cannot be read spoils no other.
 * It does not: open what is sealed. Memory: half a KiB per person and thing.
 */
import { encodeText } from "@kaelix/base";
import { type Log, PartitionFollower, type StoredRecord } from "@kaelix/log";
import {
  type DayEvent,
  type DayJudged,
  type DayMade,
  type DaySettings,
  decodeEvent,
  encodeEvent,
  type LessonsForgotten,
  type MemoryId,
  type ProviderChosen,
  type RetentionAnnounced,
  type RetentionChosen,
  type SavedSearchId,
  type SearchSaved,
  TOPICS,
  type UserId,
  type WriteProposed,
} from "@kaelix/model";

import { serverErrors } from "../errors.ts";

const TOPIC = TOPICS.days.name;
const PARTITION = 0;

interface Standing {
  readonly event: DayEvent;
  readonly offset: number;
}

/** Folds the topic to its end and follows it from there, until the log closes. */
export async function openDayBook(log: Log): Promise<DayBook> {
  await log.createTopic(TOPICS.days);
  const book = new DayBook(log);
  await book.start();
  return book;
}

/** The record key that an event stands under. */
export function daySubject(event: DayEvent): string {
  switch (event.type) {
    case "day.settings":
      return `settings/${event.user}`;
    case "day.made":
      return `made/${event.user}`;
    case "day.judged":
      return `judged/${event.user}/${event.mark}`;
    case "search.saved":
      return `search/${event.user}/${event.search}`;
    case "lessons.forgotten":
      return `lessons/${event.user}`;
    case "provider.chosen":
      return `provider/${event.user}`;
    case "write.proposed":
      return `proposed/${event.user}/${event.mark}`;
    case "retention.chosen":
      return `retention/${event.user}`;
    case "retention.announced":
      return `announced/${event.user}`;
    case "retention.kept":
      return `kept/${event.user}/${event.kept}`;
  }
}

/** Whether an event stands after another of the same thing: by its revision, and no day after a later one. */
function standsAfter(before: DayEvent | undefined, event: DayEvent): boolean {
  if (before === undefined) return true;
  if (event.revision <= before.revision || event.tenant !== before.tenant) return false;
  return before.type !== "day.made" || event.type !== "day.made" || event.day >= before.day;
}

/** What stands on topic `days`. Made by `openDayBook`. */
export class DayBook {
  readonly #follower: PartitionFollower;
  readonly #standing = new Map<string, Standing>();
  readonly #subjects = new Map<string, Set<string>>();
  readonly #followers: ((event: DayEvent) => void)[] = [];

  /** Use `openDayBook`. */
  constructor(log: Log) {
    this.#follower = new PartitionFollower({
      log,
      topic: TOPIC,
      partition: PARTITION,
      fold: (record) => this.#foldRecord(record),
      closed: () => serverErrors("day-book-closed"),
    });
  }

  /** Called once by `openDayBook`. */
  async start(): Promise<void> {
    await this.#follower.readAll();
    this.#follower.follow();
  }

  settings(user: UserId): DaySettings | undefined {
    return this.#one(`settings/${user}`, "day.settings");
  }

  /** The newest day that was made for somebody. */
  made(user: UserId): DayMade | undefined {
    return this.#one(`made/${user}`, "day.made");
  }

  /** What somebody called not useful, oldest first. */
  judged(user: UserId): readonly DayJudged[] {
    return this.#of(user).filter((event) => event.type === "day.judged");
  }

  /** Searches that somebody has named, oldest first. */
  searches(user: UserId): readonly SearchSaved[] {
    return this.#of(user).filter((event) => event.type === "search.saved");
  }

  search(user: UserId, search: SavedSearchId): SearchSaved | undefined {
    return this.#one(`search/${user}/${search}`, "search.saved");
  }

  /** What programs want somebody to let in, oldest first. */
  proposed(user: UserId): readonly WriteProposed[] {
    return this.#of(user).filter((event) => event.type === "write.proposed");
  }

  /** Up to when what somebody taught counts no more. */
  lessonsForgotten(user: UserId): LessonsForgotten | undefined {
    return this.#one(`lessons/${user}`, "lessons.forgotten");
  }

  /** Whether somebody lets anything of theirs go to an AI provider; undefined: they never chose. */
  providerChosen(user: UserId): ProviderChosen | undefined {
    return this.#one(`provider/${user}`, "provider.chosen");
  }

  /** How long somebody keeps what they tell; undefined: they never chose. */
  retention(user: UserId): RetentionChosen | undefined {
    return this.#one(`retention/${user}`, "retention.chosen");
  }

  /** What of somebody's was announced to go. */
  announced(user: UserId): RetentionAnnounced | undefined {
    return this.#one(`announced/${user}`, "retention.announced");
  }

  /** Memories that somebody keeps whatever their age, in the order of saying so. */
  kept(user: UserId): readonly MemoryId[] {
    return this.#of(user).flatMap((event) => (event.type === "retention.kept" ? [event.kept] : []));
  }

  /** Is told of every state that stands from now on, also of those that other nodes write. */
  follow(onStanding: (event: DayEvent) => void): void {
    this.#followers.push(onStanding);
  }

  /** People of whom something stands here. */
  users(): readonly UserId[] {
    // Subjects are made of parsed ids alone.
    return [...this.#subjects.keys()] as UserId[];
  }

  /** Writes a state. `late`: another state of the same thing came between, look again. Throws errors of the log. */
  async put(event: DayEvent): Promise<"done" | "late"> {
    const subject = daySubject(event);
    const offset = await this.#append([{ subject, event }]);
    const standing = this.#standing.get(subject);
    if (standing?.offset === offset) return "done";
    if (standing !== undefined) {
      await this.#append([{ subject, event: { ...standing.event, revision: standing.event.revision + 1 } }]);
    }
    return "late";
  }

  /** Takes things away by their record keys, durably. */
  async take(subjects: readonly string[]): Promise<void> {
    if (subjects.length > 0) await this.#append(subjects.map((subject) => ({ subject, event: undefined })));
  }

  /** Takes away everything of a person. */
  async remove(user: UserId): Promise<void> {
    await this.take([...(this.#subjects.get(user) ?? [])]);
  }

  #one<Type extends DayEvent["type"]>(subject: string, type: Type): Extract<DayEvent, { type: Type }> | undefined {
    const event = this.#standing.get(subject)?.event;
    // The check says so.
    return event?.type === type ? (event as Extract<DayEvent, { type: Type }>) : undefined;
  }

  #of(user: UserId): readonly DayEvent[] {
    return [...(this.#subjects.get(user) ?? [])].flatMap((subject) => this.#standing.get(subject)?.event ?? []);
  }

  /** Resolves when all of it is durable and folded. */
  #append(writes: readonly { readonly subject: string; readonly event: DayEvent | undefined }[]): Promise<number> {
    const records = writes.map(({ event, subject }) => ({
      key: encodeText(subject),
      value: event === undefined ? null : encodeEvent(event),
      ...(event === undefined ? {} : { timestampMs: event.at }),
    }));
    return this.#follower.append(records);
  }

  #foldRecord({ key, offset, value }: StoredRecord): void {
    const subject = Buffer.from(key ?? []).toString("latin1");
    const user = subject.split("/")[1] ?? "";
    if (value === null) {
      this.#standing.delete(subject);
      const left = this.#subjects.get(user);
      left?.delete(subject);
      if (left?.size === 0) this.#subjects.delete(user);
      return;
    }
    const decoded = decodeEvent(value);
    if (decoded.type !== "event" || !isDayEvent(decoded.event)) return;
    const { event } = decoded;
    if (daySubject(event) !== subject || !standsAfter(this.#standing.get(subject)?.event, event)) return;
    this.#standing.set(subject, { event, offset });
    for (const tell of this.#followers) tell(event);
    const known = this.#subjects.get(user);
    if (known === undefined) this.#subjects.set(user, new Set([subject]));
    else known.add(subject);
  }
}

const OTHER_TYPES: ReadonlySet<string> = new Set([
  "search.saved",
  "write.proposed",
  "lessons.forgotten",
  "provider.chosen",
  "retention.chosen",
  "retention.announced",
  "retention.kept",
]);

function isDayEvent(event: { readonly type: string }): event is DayEvent {
  return event.type.startsWith("day.") || OTHER_TYPES.has(event.type);
}
