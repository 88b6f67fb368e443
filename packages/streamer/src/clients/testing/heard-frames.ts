/**
 * What clients send to a broker of this process, read by our codecs and written again as it arrives.
 *
 * Node tells of every socket that a server of the process accepts, so neither broker nor client knows of it. Nothing is heard of listeners
 * with TLS, and of a connection after SaslHandshake 0, whose proof is no request.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { appendFileSync } from "node:fs";
import type { Socket } from "node:net";

import { decodeRequestHeader, findApi, WireReader } from "@kaelix/protocol";
import { rewriteRequest } from "@kaelix/protocol/testing";
import { expect, test } from "vitest";

import { FrameReader } from "../../broker/frame-reader.ts";
import type { ClientBroker } from "./client-broker.ts";

const ACCEPTED = "net.server.socket";
const FRAME_LIMITS = { frameBytesMin: 8, frameBytesMax: 1 << 28 };
/** A frozen frame says as much as there is of it, but is no bulk of records. */
const FROZEN_BYTES_MAX = 400;
const FAULTS_MAX = 5;

/** See the top of the file. */
export class HeardFrames {
  /** By API and version, as in `Fetch 11`: the longest frame of up to 400 bytes, or else the shortest. */
  readonly requests = new Map<string, Buffer>();
  /** Frames that were read wrongly, the first five. */
  readonly faults: string[] = [];
  /** What is newer than our tables, which are Apache Kafka 4.3's: the broker refuses it, and the client asks for less. */
  readonly beyond = new Set<string>();
  readonly #ports: ReadonlySet<number>;
  readonly #onAccepted = (message: unknown): void => {
    // What Node's documentation says of the channel.
    const { socket } = message as { readonly socket: Socket };
    if (this.#ports.has(socket.localPort ?? 0)) this.#listen(socket);
  };

  /** Listens to connections on these ports from now on, until `close`. */
  constructor(ports: readonly number[]) {
    this.#ports = new Set(ports);
    subscribe(ACCEPTED, this.#onAccepted);
  }

  close(): void {
    unsubscribe(ACCEPTED, this.#onAccepted);
  }

  #listen(socket: Socket): void {
    const reader = new FrameReader(FRAME_LIMITS);
    const hear = (chunk: Buffer): void => {
      // Whoever is served writes into what arrives.
      reader.push(Buffer.from(chunk));
      for (let next = reader.next(); next.type === "frame"; next = reader.next()) {
        if (this.#hear(next.bytes) === "SaslHandshake 0") socket.off("data", hear);
      }
    };
    socket.prependListener("data", hear);
  }

  #hear(frame: Buffer): string | undefined {
    const { apiKey, apiVersion } = decodeRequestHeader(new WireReader(frame));
    const api = findApi(apiKey);
    const name = `${api?.name ?? apiKey} ${apiVersion}`;
    if (api === undefined || apiVersion > api.versionMax) {
      this.beyond.add(name);
      return undefined;
    }
    try {
      const { bytes } = rewriteRequest(frame);
      if (!frame.equals(bytes)) this.#fault(`${name}: ${hexOf(frame)} became ${hexOf(bytes)}`);
      const kept = this.requests.get(name);
      if (kept === undefined || saysMore(frame, kept)) this.requests.set(name, frame);
    } catch (error) {
      this.#fault(`${name}: ${hexOf(frame)}: ${String(error)}`);
    }
    return name;
  }

  #fault(text: string): void {
    if (this.faults.length < FAULTS_MAX) this.faults.push(text);
  }
}

function saysMore(frame: Buffer, kept: Buffer): boolean {
  const isShorter = frame.length < kept.length;
  return kept.length > FROZEN_BYTES_MAX ? isShorter : !isShorter && frame.length <= FROZEN_BYTES_MAX;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/**
 * The last test of a client's suite: whatever it sent was read and written again to the same bytes.
 *
 * `KAELIX_FRAMES=FILE` appends a line for each API and version, in the form of `real-clients.txt` of the protocol's fixtures.
 * @param client its name there
 */
export function heardFramesTest(client: string, broker: () => ClientBroker): void {
  test("every request it sent is read by the codecs and written again to the same bytes", () => {
    const { beyond, faults, requests } = broker().heard;
    expect(faults).toEqual([]);
    // A client asks for the newest it knows before it is told what there is; anything else was told.
    expect([...beyond].filter((name) => !name.startsWith("ApiVersions "))).toEqual([]);
    expect([...requests.keys()]).toContainEqual(expect.stringMatching(/^(Metadata|ApiVersions) \d+$/));
    const file = process.env["KAELIX_FRAMES"];
    if (file === undefined) return;
    // "@kafkats/client" is kafkats-client.
    const word = client
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, " ")
      .trim()
      .replaceAll(" ", "-");
    for (const [name, frame] of requests) appendFileSync(file, `${word} request ${name} ${hexOf(frame)}\n`);
  });
}
