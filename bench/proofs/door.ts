/**
 * Requests as they are, over real sockets: any verb, any header, any bytes. Unlike `fetch` it corrects nothing and follows nothing.
 * A stream of events is heard for a moment and then left.
 */
import { Agent, type IncomingHttpHeaders, request as ask } from "node:http";
import type { Socket } from "node:net";

/** What is asked. */
export interface Asked {
  readonly method: string;
  /** Path and query as they go over the wire. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** What was heard. */
export interface Heard {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
}

const EVENTS_HEARD_MS = 40;
const LOOK_EVERY_MS = 30_000;
/** What this process, product and all, may work for while a request waits, and how long that may take on a machine that others use. */
const ANSWER_PROCESSOR_MS_MAX = 10_000;
const ANSWER_MS_MAX = 300_000;
const PATH_SHOWN_MAX = 200;

/** A door of a running product. */
export class Door {
  readonly url: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });
  /** What was asked last on a connection: where one stops answering, that is what to look at. */
  readonly #last = new WeakMap<Socket, string>();
  /** Requests sent so far. */
  calls = 0;

  constructor(url: string) {
    this.url = url;
  }

  /**
   * Asks; rejects only when the connection breaks, or the answer does not come. Time alone says nothing of that: on a machine that others
   * use the product may stand still for half a minute.
   */
  ask({ method, path, headers = {}, body }: Asked): Promise<Heard> {
    this.calls++;
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    return new Promise((resolve, reject) => {
      const sent = ask(
        new URL(this.url),
        { method, path, agent: this.#agent, headers: { ...length, ...headers } },
        (response) => {
          const chunks: Buffer[] = [];
          const done = (): void => {
            const bytes = Buffer.concat(chunks);
            const { statusCode: status = 0, headers: heard } = response;
            resolve({ status, headers: heard, bytes, text: bytes.toString("utf8") });
          };
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", done);
          response.on("error", reject);
          if (response.headers["content-type"]?.startsWith("text/event-stream") === true) {
            setTimeout(() => {
              response.removeAllListeners("error");
              response.on("error", () => undefined);
              done();
              sent.destroy();
            }, EVENTS_HEARD_MS);
          }
        },
      );
      let before = "nothing";
      sent.on("socket", (socket: Socket) => {
        before = this.#last.get(socket) ?? before;
        this.#last.set(socket, `${method} ${path.slice(0, PATH_SHOWN_MAX)} ${JSON.stringify(length)}`);
      });
      const spent = stopwatch();
      const looking = setInterval(() => {
        const { ms, processorMs } = spent();
        if (processorMs < ANSWER_PROCESSOR_MS_MAX && ms < ANSWER_MS_MAX) return;
        const told = `in ${ms} ms, of which ${processorMs} of processor; before it on its connection: ${before}`;
        sent.destroy(new Error(`${method} ${path} was not answered ${told}`));
      }, LOOK_EVERY_MS);
      sent.on("close", () => clearInterval(looking));
      sent.on("error", reject);
      sent.end(body);
    });
  }

  /** Asks with JSON and a bearer token. */
  askJson(token: string | undefined, method: string, path: string, body?: unknown): Promise<Heard> {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    if (body === undefined) return this.ask({ method, path, headers });
    return this.ask({
      method,
      path,
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  /** Leaves. */
  close(): void {
    this.#agent.destroy();
  }
}

/** JSON of an answer; undefined when it holds none. */
export function jsonOf(heard: Heard): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(heard.text);
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}

/** What went by since, ms: on the wall, and of processor in all threads of this process. */
function stopwatch(): () => { readonly ms: number; readonly processorMs: number } {
  const [startedMs, before] = [performance.now(), process.cpuUsage()];
  return () => {
    const { system, user } = process.cpuUsage(before);
    return { ms: Math.round(performance.now() - startedMs), processorMs: Math.round((system + user) / 1_000) };
  };
}
