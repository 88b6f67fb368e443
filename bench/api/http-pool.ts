/**
 * The cheapest HTTP client that measures honestly: keep-alive connections, one request at a time on each, bodies counted and thrown
 * away unless asked for. Only for servers that send Content-Length, as ours does for JSON.
 */
import { connect, type Socket } from "node:net";

/** What came back. `body` is empty unless it was asked for. */
interface PoolAnswer {
  readonly status: number;
  readonly body: string;
}

/** A request, ready to be written. */
interface PoolRequest {
  readonly path: string;
  readonly token: string | undefined;
  readonly body: string;
  readonly keepBody?: boolean;
}

interface Waiting {
  readonly bytes: string;
  readonly keepBody: boolean;
  readonly settle: (answer: PoolAnswer) => void;
}

interface Line {
  readonly socket: Socket;
  current: Waiting | undefined;
  head: string;
  bodyBytesLeft: number;
  status: number;
  body: string;
}

/** A pool of connections to one server. A connection that breaks answers with status 0. */
export class HttpPool {
  readonly #port: number;
  readonly #linesMax: number;
  readonly #idle: Line[] = [];
  readonly #waiting: Waiting[] = [];
  #nextWaiting = 0;
  readonly #lines = new Set<Line>();

  constructor(port: number, linesMax: number) {
    this.#port = port;
    this.#linesMax = linesMax;
  }

  /** Sends a POST as soon as a connection is free. */
  post(request: PoolRequest): Promise<PoolAnswer> {
    const length = Buffer.byteLength(request.body);
    const authorization = request.token === undefined ? "" : `Authorization: Bearer ${request.token}\r\n`;
    const bytes = `POST ${request.path} HTTP/1.1\r\nHost: localhost\r\n${authorization}Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${request.body}`;
    return new Promise((settle) => {
      this.#waiting.push({ bytes, keepBody: request.keepBody === true, settle });
      this.#pump();
    });
  }

  /** Requests that have not been written yet. */
  get backlog(): number {
    return this.#waiting.length - this.#nextWaiting;
  }

  /** Closes every connection; what was not answered stays so. */
  close(): void {
    this.#waiting.length = 0;
    this.#nextWaiting = 0;
    for (const line of this.#lines) line.socket.destroy();
  }

  #pump(): void {
    while (this.backlog > 0) {
      const line = this.#idle.pop() ?? this.#open();
      if (line === undefined) return;
      const next = this.#waiting[this.#nextWaiting];
      this.#nextWaiting += 1;
      if (this.#nextWaiting === this.#waiting.length) {
        this.#waiting.length = 0;
        this.#nextWaiting = 0;
      }
      line.current = next;
      line.head = "";
      line.body = "";
      line.bodyBytesLeft = -1;
      if (next !== undefined) line.socket.write(next.bytes);
    }
  }

  #open(): Line | undefined {
    if (this.#lines.size >= this.#linesMax) return undefined;
    const socket = connect(this.#port, "127.0.0.1");
    socket.setNoDelay(true);
    const line: Line = { socket, current: undefined, head: "", bodyBytesLeft: -1, status: 0, body: "" };
    this.#lines.add(line);
    socket.on("data", (chunk: Buffer) => this.#take(line, chunk));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#lines.delete(line);
      const at = this.#idle.indexOf(line);
      if (at >= 0) this.#idle.splice(at, 1);
      line.current?.settle({ status: 0, body: "" });
      this.#pump();
    });
    return line;
  }

  #take(line: Line, chunk: Buffer): void {
    let body = chunk;
    if (line.bodyBytesLeft < 0) {
      line.head += chunk.toString("latin1");
      const end = line.head.indexOf("\r\n\r\n");
      if (end < 0) return;
      line.status = Number(line.head.slice(9, 12));
      line.bodyBytesLeft = Number(/\r\ncontent-length: (\d+)/i.exec(line.head.slice(0, end + 2))?.[1] ?? 0);
      body = Buffer.from(line.head.slice(end + 4), "latin1");
    }
    line.bodyBytesLeft -= body.length;
    if (line.current?.keepBody === true) line.body += body.toString("latin1");
    if (line.bodyBytesLeft > 0) return;
    const { current } = line;
    line.current = undefined;
    this.#idle.push(line);
    current?.settle({ status: line.status, body: Buffer.from(line.body, "latin1").toString("utf8") });
    this.#pump();
  }
}
