/**
 * Mutated requests over real connections.
 *
 * Frames begin as random requests of every API and version, and as sound Produce requests, and are then cut, flipped and spliced.
 * Most get their right length in front again, so that they reach the decoders and what lies behind them; the others lie about it.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";

import { seededRandom } from "@kaelix/base";
import { APIS, WireWriter } from "@kaelix/protocol";
import { encodeMessage, everyCodec, mutate, randomMessage } from "@kaelix/protocol/testing";

import { batchOf, produceRequest } from "./test-broker.ts";
import { connectWire } from "./wire-client.ts";
import { codecs } from "./wire-codecs.ts";

type Random = ReturnType<typeof seededRandom>;

/** What came of it; every frame is counted once. */
export interface FrameBarrage {
  /** The broker closed the connection. */
  readonly closed: number;
  readonly answered: number;
  /** Neither, while others were answered: the rest of a frame is waited for, or a fetch for records. */
  readonly waiting: number;
}

const CONNECTIONS = 32;
const PATIENCE_MS = 20;
const SEEDS_PER_MESSAGE = 3;
const LIE_SHARE = 10;
const PRODUCE_SHARE = 8;

/** Sends so many; `meanwhile` is called after every hundredth. The same seed sends the same frames. */
export async function sendMutatedFrames(
  address: { readonly host: string; readonly port: number },
  options: { readonly frames: number; readonly seed: number; readonly meanwhile?: () => void },
): Promise<FrameBarrage> {
  const random = seededRandom(options.seed);
  const seeds = requestSeeds(random);
  const produces = produceSeeds();
  const counts = { closed: 0, answered: 0, waiting: 0 };
  const other = await connectWire(address);
  const hello = { clientSoftwareName: "other", clientSoftwareVersion: "1" };
  const helloFrame = other.frame(codecs.apiVersions, 3, hello);
  const ask = (): Promise<unknown> => other.send(codecs.apiVersions, 3, hello);
  let sent = 0;
  const sendOnOne = async (): Promise<void> => {
    let socket: Socket | undefined;
    while (sent < options.frames) {
      sent += 1;
      if (sent % 100 === 0) options.meanwhile?.();
      const from = random.integer(PRODUCE_SHARE) === 0 ? produces : (seeds[random.integer(seeds.length)] ?? produces);
      const frame = mutatedFrame(from, random);
      socket ??= await open(address, helloFrame);
      const outcome = await outcomeOf(socket, frame, ask);
      counts[outcome] += 1;
      if (outcome === "answered") continue;
      socket.destroy();
      socket = undefined;
    }
    socket?.destroy();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, sendOnOne));
  other.close();
  return counts;
}

/** Header and body, without the length, of several requests of every API and version. */
function requestSeeds(random: Random): Uint8Array[][] {
  return everyCodec()
    .filter(({ codec }) => codec.kind === "request")
    .map(({ codec, version }) => {
      const { flexibleSince = Infinity, key } = codec.schema;
      const header = headerOf(key, version, version >= flexibleSince);
      return Array.from({ length: SEEDS_PER_MESSAGE }, () => {
        const body = encodeMessage(codec, version, randomMessage(codec.schema, "request", version, random));
        return Buffer.concat([header, body]);
      });
    });
}

function produceSeeds(): Uint8Array[] {
  const version = 9;
  return [1, 0, -1].map((acks) => {
    const writer = new WireWriter();
    writer.beginFrame();
    codecs.produce.encodeRequest(writer, version, produceRequest("orders", batchOf(["a", "b"]), acks));
    const body = Buffer.concat(writer.endFrame()).subarray(4);
    return Buffer.concat([headerOf(APIS.Produce.key, version, true), body]);
  });
}

function headerOf(key: number, version: number, isFlexible: boolean): Buffer {
  const fixed = Buffer.from([...int16(key), ...int16(version), 0, 0, 0, 9, 0, 1, 0x61]);
  return isFlexible ? Buffer.concat([fixed, Buffer.of(0)]) : fixed;
}

function int16(value: number): [number, number] {
  return [(value >> 8) & 0xff, value & 0xff];
}

function mutatedFrame(seeds: readonly Uint8Array[], random: Random): Buffer {
  const bytes = mutate(seeds, random);
  const length = Buffer.alloc(4);
  const lie = random.integer(LIE_SHARE) === 0 ? random.integer(2 * bytes.length + 16) - 8 : bytes.length;
  length.writeInt32BE(lie);
  return Buffer.concat([length, bytes]);
}

/** A connection that the broker has taken and answered on: the system says "connected" long before. */
async function open(address: { readonly host: string; readonly port: number }, hello: Uint8Array): Promise<Socket> {
  const socket = connect(address);
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write(hello);
  await once(socket, "data");
  return socket;
}

/**
 * What becomes of a frame. Time that the machine gave to others is not the broker's: before a frame counts as waiting, others have asked twice
 * and were answered.
 */
function outcomeOf(socket: Socket, frame: Buffer, ask: () => Promise<unknown>): Promise<keyof FrameBarrage> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const end = (outcome: keyof FrameBarrage): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      socket.removeAllListeners("data").removeAllListeners("close");
      resolve(outcome);
    };
    const timer = setTimeout(() => {
      ask()
        .then(ask)
        .then(() => end("waiting"), reject);
    }, PATIENCE_MS);
    socket.once("data", () => end("answered"));
    socket.once("close", () => end("closed"));
    if (socket.destroyed) end("closed");
    else socket.write(frame);
  });
}
