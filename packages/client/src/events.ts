/**
 * What happens, as it happens. Guarantees: after a break it goes on where it was, nothing left out and nothing twice; a server that is
 * away is asked again, later each time, half a minute apart at most; one that refuses (key ended, right taken) ends it with its problem.
 */
import { type Calls, KaelixProblem } from "@kaelix/contract/calls";

import { KaelixConnectionError } from "./errors.ts";
import { backOff, type CallSettings, pause, reasonOf } from "./sending.ts";

/** Something that happened. `id` is a position on the log, to go on after; watermarks of views have none. */
export interface KaelixEvent {
  readonly id: string | undefined;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Where to begin, and how to stop. */
export interface SubscribeOptions {
  /** The id of the last event that you have: what came since is sent first. */
  readonly after?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

type CallsFor = (settings: CallSettings) => Calls<"events.follow">;

const AGAIN_MS_MAX = 30_000;
/** The server says every 15 seconds that it is there. */
const SILENT_MS_MAX = 45_000;

/** Following what happens. */
export class Events {
  readonly #calls: CallsFor;

  /** @internal */
  constructor(calls: CallsFor) {
    this.#calls = calls;
  }

  /**
   * Follows until the signal is aborted or the loop is left.
   *
   * @example
   * for await (const event of kaelix.events.subscribe({ after: lastId })) lastId = event.id ?? lastId;
   */
  async *subscribe(options: SubscribeOptions = {}): AsyncGenerator<KaelixEvent, void, undefined> {
    const { signal } = options;
    let after = options.after;
    for (let failed = 0; ; failed++) {
      const attempt = new AbortController();
      const stop = (): void => attempt.abort(reasonOf(signal));
      signal?.addEventListener("abort", stop, { once: true });
      try {
        if (signal?.aborted === true) return;
        for await (const event of this.#follow(after, attempt)) {
          failed = 0;
          after = event.id ?? after;
          yield event;
        }
      } catch (failure) {
        if (signal?.aborted === true) return;
        if (!isPassing(failure)) throw failure;
      } finally {
        signal?.removeEventListener("abort", stop);
        attempt.abort(new Error("The stream was left"));
      }
      await pause(backOff(failed, AGAIN_MS_MAX), signal).catch(() => undefined);
    }
  }

  async *#follow(after: string | undefined, attempt: AbortController): AsyncGenerator<KaelixEvent, void, undefined> {
    const call = after === undefined ? {} : { lastEventId: after };
    const response = await this.#calls({ signal: attempt.signal }).open("events.follow", {}, call);
    if (response.body === null) {
      throw new TypeError("Cannot follow events: this runtime's fetch gives no streams, pass one that does");
    }
    const parser = new EventParser();
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      for (;;) {
        timer = setTimeout(
          () => attempt.abort(new KaelixConnectionError("timeout", "The stream fell silent")),
          SILENT_MS_MAX,
        );
        const { done, value } = await reader.read();
        clearTimeout(timer);
        if (done) return;
        yield* parser.take(decoder.decode(value, { stream: true }));
      }
    } catch (failure) {
      throw failure instanceof KaelixProblem
        ? failure
        : new KaelixConnectionError("unreachable", "The stream broke", failure);
    } finally {
      clearTimeout(timer);
      await reader.cancel().catch(() => undefined);
    }
  }
}

/** True for what may be gone with the next try. */
function isPassing(failure: unknown): boolean {
  if (failure instanceof KaelixConnectionError) return true;
  return (
    failure instanceof KaelixProblem && (failure.status === 429 || failure.status >= 500 || failure.status === 408)
  );
}

/** Server-sent events (WHATWG HTML §9.2.6) out of text in pieces. */
export class EventParser {
  #rest = "";
  #id: string | undefined;
  #type = "message";
  #data: string[] = [];

  /** Takes a piece; what became whole. */
  *take(piece: string): Generator<KaelixEvent> {
    const lines = (this.#rest + piece).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      const event = this.#line(line.endsWith("\r") ? line.slice(0, -1) : line);
      if (event !== undefined) yield event;
    }
  }

  #line(line: string): KaelixEvent | undefined {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "id") this.#id = value;
    else if (field === "event") this.#type = value;
    else if (field === "data") this.#data.push(value);
    return undefined;
  }

  #dispatch(): KaelixEvent | undefined {
    const [id, type, data] = [this.#id, this.#type, this.#data];
    this.#id = undefined;
    this.#type = "message";
    this.#data = [];
    if (data.length === 0) return undefined;
    const parsed: unknown = JSON.parse(data.join("\n"));
    return { id, type, data: typeof parsed === "object" && parsed !== null ? { ...parsed } : {} };
  }
}
