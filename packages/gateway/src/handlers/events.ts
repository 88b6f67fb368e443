/**
 * Server-sent events (WHATWG HTML §9.2). `id` is a log position; `Last-Event-ID` resumes there: first what was missed is read from
 * the log, then what is new, nothing twice and nothing left out between the two.
 */
import type { ServerResponse } from "node:http";

import { type LogPosition, parsePosition } from "@kaelix/base";
import type { UserId, UserPrincipal } from "@kaelix/model";

import type { EventsApplication, LiveEvent } from "../application.ts";
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
  if (after !== undefined) {
    const mayHear = async (event: LiveEvent): Promise<boolean> =>
      isVisible(event, principal, { nowMs: clock.nowMs(), ceilingUntilMs: request.ceilingUntilMs }) &&
      (await application.events.mayHear(principal, event));
    await replay(application.events, stream, { userId: principal.userId, start: after, mayHear });
  }
  stream.goLive();
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

async function replay(
  events: EventsApplication,
  stream: EventStream,
  options: {
    readonly userId: UserId;
    readonly start: LogPosition;
    readonly mayHear: (event: LiveEvent) => Promise<boolean>;
  },
): Promise<void> {
  let after = options.start;
  for (let page = 0; page < REPLAY_PAGES_MAX; page++) {
    const missed = await events.replay(options.userId, after, REPLAY_PAGE);
    for (const event of missed) {
      after = event.position;
      if ((await options.mayHear(event)) && !stream.sendPast(sentOf(event))) return stream.end("too-slow");
    }
    if (missed.length < REPLAY_PAGE) return;
    await stream.drained();
  }
  // Too far behind for one stream: the reader comes back with a later id.
  stream.end("too-slow");
}

/** One reader. Holds back what is new until what was missed has been sent. */
class EventStream implements Follower {
  readonly accessToken: string;
  readonly principal: UserPrincipal;
  readonly #raw: ServerResponse;
  /** What came while the past was read; undefined once live. */
  #held: SentEvent[] | undefined = [];
  readonly #past = new Set<string>();

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
    if (event.id !== undefined) this.#past.add(event.id);
    return this.#write(event);
  }

  /** Sends what was held back, but for what the past had already. */
  goLive(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const event of held) {
      if (event.id === undefined || !this.#past.has(event.id)) this.#write(event);
    }
    // What a program may hear is looked up first and may come late: it is not told twice all the same.
    if (this.principal.program === undefined) this.#past.clear();
  }

  send(event: SentEvent): boolean {
    if (this.#held === undefined) return (event.id !== undefined && this.#past.has(event.id)) || this.#write(event);
    this.#held.push(event);
    return this.#held.length <= PENDING_EVENTS_MAX;
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
