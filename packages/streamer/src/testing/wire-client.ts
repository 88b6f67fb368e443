/** A small client of the Kafka protocol for tests: one connection, any API, any version, and bytes as raw as a test wants them. */
import { connect, type Socket } from "node:net";

import { APIS, WireReader, WireWriter } from "@kaelix/protocol";

type ApiName = keyof typeof APIS;

/** The client's half of an API's codec. */
export interface ClientCodec<Request, Response> {
  readonly api: ApiName;
  readonly encodeRequest: (writer: WireWriter, version: number, request: Request) => void;
  readonly decodeResponse: (reader: WireReader, version: number) => Response;
}

interface Waiting {
  readonly correlationId: number;
  readonly resolve: (frame: Buffer) => void;
  readonly reject: (error: Error) => void;
}

/** One connection. */
export class WireClient {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  clientId: string | null = "wire-client";
  #waiting: Waiting[] = [];
  #buffered: Buffer = Buffer.alloc(0);
  #nextCorrelationId = 1;
  #isClosed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.#onData(chunk));
    socket.on("error", () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on("close", () => {
        this.#isClosed = true;
        for (const { reject } of this.#waiting.splice(0)) reject(new Error("Connection was closed"));
        resolve();
      });
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** A request as a frame, with its length in front. */
  frame<Request>(
    codec: ClientCodec<Request, unknown>,
    version: number,
    request: Request,
    correlationId = 0,
  ): Uint8Array {
    const { flexibleSince, key } = APIS[codec.api];
    const writer = new WireWriter();
    writer.beginFrame();
    writer.int16(key);
    writer.int16(version);
    writer.int32(correlationId);
    writer.nullableString(this.clientId, false);
    if (version >= flexibleSince) writer.uvarint(0);
    codec.encodeRequest(writer, version, request);
    return Buffer.concat(writer.endFrame());
  }

  /** Sends a request; resolves to its response. Requests may be sent before earlier ones are answered. */
  async send<Request, Response>(
    codec: ClientCodec<Request, Response>,
    version: number,
    request: Request,
  ): Promise<Response> {
    const correlationId = this.#nextCorrelationId;
    this.#nextCorrelationId += 1;
    const answer = this.#expect(correlationId);
    this.socket.write(this.frame(codec, version, request, correlationId));
    const { flexibleSince, key } = APIS[codec.api];
    const frame = await answer;
    const headerBytes = key !== APIS.ApiVersions.key && version >= flexibleSince ? 5 : 4;
    return codec.decodeResponse(new WireReader(frame.subarray(headerBytes)), version);
  }

  /** Sends a request that is not answered. */
  sendOnly<Request>(codec: ClientCodec<Request, unknown>, version: number, request: Request): void {
    this.socket.write(this.frame(codec, version, request));
  }

  /** Sends bytes as they are; resolves to the next response's frame. */
  sendRaw(bytes: Uint8Array, correlationId: number): Promise<Buffer> {
    const answer = this.#expect(correlationId);
    this.socket.write(bytes);
    return answer;
  }

  close(): void {
    this.socket.destroy();
  }

  #expect(correlationId: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) reject(new Error("Connection was closed"));
      else this.#waiting.push({ correlationId, resolve, reject });
    });
  }

  #onData(chunk: Buffer): void {
    this.#buffered = this.#buffered.length === 0 ? chunk : Buffer.concat([this.#buffered, chunk]);
    while (this.#buffered.length >= 4) {
      const size = this.#buffered.readInt32BE(0);
      if (this.#buffered.length < 4 + size) return;
      const frame = this.#buffered.subarray(4, 4 + size);
      this.#buffered = this.#buffered.subarray(4 + size);
      const waiting = this.#waiting.shift();
      const correlationId = frame.readInt32BE(0);
      if (waiting === undefined) continue;
      if (waiting.correlationId === correlationId) waiting.resolve(frame);
      else waiting.reject(new Error(`Response ${correlationId} came where ${waiting.correlationId} was expected`));
    }
  }
}

/** Connects to a broker. */
export function connectWire(address: { readonly host: string; readonly port: number }): Promise<WireClient> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address.host, port: address.port });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.removeListener("error", reject);
      resolve(new WireClient(socket));
    });
  });
}
