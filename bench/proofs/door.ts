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
const ANSWER_MS_MAX = 30_000;
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

  /** Asks; rejects only when the connection breaks without an answer. */
  ask({ method, path, headers = {}, body }: Asked): Promise<Heard> {
    this.calls++;
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    return new Promise((resolve, reject) => {
      const sent = ask(
        new URL(this.url),
        { method, path, agent: this.#agent, headers: { ...length, ...headers }, timeout: ANSWER_MS_MAX },
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
      sent.on("timeout", () => {
        sent.destroy(new Error(`${method} ${path} was not answered; before it on its connection: ${before}`));
      });
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
