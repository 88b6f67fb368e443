/**
 * Server-sent events (WHATWG HTML §9.2). `id` is a log position; `Last-Event-ID` resumes there: first what was missed is read from
 * the log, then what is new, nothing twice and nothing left out between the two.
 */
import type { ServerResponse } from "node:http";

import { type LogPosition, parsePosition } from "@kaelix/base";
import type { UserId, UserPrincipal } from "@kaelix/model";

import type { EventsApplication, PastEvent } from "../events-application.ts";
import { gatewayErrors } from "../errors.ts";
import { tokenOf } from "../http/admission.ts";
import type { Answer, Exchange, HandlersOf } from "../http/exchange.ts";
import { type Follower, isVisible, type LiveHub, type SentEvent, sentOf } from "../socket/live-hub.ts";

/** Bytes that may wait for a slow reader before it is let go; it resumes from where it was. */
const PENDING_BYTES_MAX = 1_048_576;
const PENDING_EVENTS_MAX = 1_000;
const REPLAY_PAGE = 500;
const REPLAY_PAGES_MAX = 40;
const DROP_AFTER_MS = 1_000;

/** The stream of events. */
export function eventHandlers(hub: LiveHub): HandlersOf<"events.follow"> {
  return { "events.follow": (exchange) => follow(exchange, hub) };
}

async function follow(exchange: Exchange<"events.follow">, hub: LiveHub): Promise<Answer> {
  const { application, clock, principal, request, reply } = exchange;
  const after = resumeFrom(request.headers["last-event-id"]);
  const stream = new EventStream(reply.raw, principal, tokenOf(request).token);
  const leave = hub.add(stream, after);
  reply.raw.on("close", leave);
  reply.hijack();
  stream.open(reply.getHeaders());
  const mayHear = async (event: PastEvent): Promise<boolean> =>
    isVisible(event, principal, { nowMs: clock.nowMs(), ceilingUntilMs: request.ceilingUntilMs }) &&
    (await application.events.mayHear(principal, event));
  const past = after && (await replay(application.events, stream, { userId: principal.userId, start: after, mayHear }));
  stream.goLive(past);
  return { type: "taken" };
}

function resumeFrom(header: string | string[] | undefined): LogPosition | undefined {
  if (header === undefined || header === "") return undefined;
  const position = typeof header === "string" ? parsePosition(header) : undefined;
  if (position === undefined) {
    throw gatewayErrors("header-invalid", {
      message: "Cannot use the header Last-Event-ID: must be the id of an event",
      details: { header: "Last-Event-ID" },
    });
  }
  return position;
}

/** Sends what was missed; gives how far the log was read for it. */
async function replay(
  events: EventsApplication,
  stream: EventStream,
  options: {
    readonly userId: UserId;
    readonly start: LogPosition;
    readonly mayHear: (event: PastEvent) => Promise<boolean>;
  },
): Promise<LogPosition | undefined> {
  let past: LogPosition | undefined;
  for (let page = 0; page < REPLAY_PAGES_MAX; page++) {
    const missed = await events.replay(options.userId, past ?? options.start, REPLAY_PAGE);
    for (const event of missed) {
      past = event.position;
      if ((await options.mayHear(event)) && !stream.sendPast(sentOf(event))) {
        stream.end("too-slow");
        return past;
      }
    }
    if (missed.length < REPLAY_PAGE) return past;
    await stream.drained();
  }
  // Too far behind for one stream: the reader comes back with a later id.
  stream.end("too-slow");
  return past;
}

/** One reader. Holds back what is new until what was missed has been sent. */
class EventStream implements Follower {
  readonly accessToken: string;
  readonly principal: UserPrincipal;
  readonly #raw: ServerResponse;
  /** What came while the past was read; undefined once live. */
  #held: SentEvent[] | undefined = [];
  /** How far the past was read: what comes late of it was told, or is not to be. */
  #past: LogPosition | undefined;

  constructor(raw: ServerResponse, principal: UserPrincipal, accessToken: string) {
    this.#raw = raw;
    this.principal = principal;
    this.accessToken = accessToken;
  }

  /** Sends the head and a first comment, so that the reader knows that it is connected. */
  open(headers: Readonly<Record<string, number | string | string[] | undefined>>): void {
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) this.#raw.setHeader(name, value);
    this.#raw.setHeader("content-type", "text/event-stream; charset=utf-8");
    this.#raw.setHeader("x-accel-buffering", "no");
    this.#raw.writeHead(200);
    this.#raw.write("retry: 1000\n: following\n\n");
  }

  /** Sends an event of the past. */
  sendPast(event: SentEvent): boolean {
    return this.#write(event);
  }

  /** Sends what was held back, and from now on what comes, but for what stands in the past that was read. */
  goLive(past: LogPosition | undefined): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#past = past;
    for (const event of held) this.send(event);
  }

  send(event: SentEvent): boolean {
    if (this.#held === undefined) return this.#isPast(event) || this.#write(event);
    this.#held.push(event);
    return this.#held.length <= PENDING_EVENTS_MAX;
  }

  #isPast({ id }: SentEvent): boolean {
    const at = id === undefined ? undefined : parsePosition(id);
    if (at === undefined || this.#past === undefined) return false;
    const { topic, partition, offset } = this.#past;
    return at.topic === topic && at.partition === partition && at.offset <= offset;
  }

  beat(): void {
    if (!this.#raw.destroyed) this.#raw.write(": heartbeat\n\n");
  }

  end(why: Parameters<Follower["end"]>[0]): void {
    if (this.#raw.destroyed || this.#raw.writableEnded) return;
    this.#raw.end(`: ${why}\n\n`);
    // Whoever does not read does not read the last comment either.
    setTimeout(() => this.#raw.destroy(), DROP_AFTER_MS).unref();
  }

  /** Waits until the reader has taken what was written. */
  async drained(): Promise<void> {
    if (!this.#raw.writableNeedDrain || this.#raw.destroyed) return;
    await new Promise<void>((resolve) => {
      this.#raw.once("drain", resolve);
      this.#raw.once("close", resolve);
    });
  }

  #write(event: SentEvent): boolean {
    if (this.#raw.destroyed || this.#raw.writableEnded) return false;
    const id = event.id === undefined ? "" : `id: ${event.id}\n`;
    this.#raw.write(`${id}event: ${event.name}\ndata: ${JSON.stringify(event.data)}\n\n`);
    return this.#raw.writableLength <= PENDING_BYTES_MAX;
  }
}
