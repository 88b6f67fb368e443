/**
 * What the clients of a crash run share: the way to the broker, the moments at which they may begin something new, and the truth.
 *
 * A client's request whose connection breaks is sent again, as it was, to the next broker, as real clients do it: the answer may have been
 * lost, or the request.
 */
import { setTimeout as sleep } from "node:timers/promises";

import { seededRandom } from "@kaelix/base";
import { type ClientCodec, connectWire, type WireClient } from "@kaelix/streamer/testing";

import type { Truth } from "./truth.ts";

/** A repeatable source. The order in which processes are scheduled is not repeatable. */
export type Random = ReturnType<typeof seededRandom>;

/** Thrown in a client when the run is over. */
export class Over extends Error {}

/** Open or closed; who comes while it is closed waits. */
export class Gate {
  #isOpen = false;
  #isOver = false;
  #wake: () => void = () => undefined;
  #change = this.#nextChange();

  open(): void {
    this.#isOpen = true;
    this.#changed();
  }

  close(): void {
    this.#isOpen = false;
  }

  /** Sends everybody home. */
  end(): void {
    this.#isOver = true;
    this.#changed();
  }

  /** @throws Over when it is over */
  async passed(): Promise<void> {
    while (!this.#isOpen && !this.#isOver) await this.#change;
    if (this.#isOver) throw new Over();
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  #changed(): void {
    this.#wake();
    this.#change = this.#nextChange();
  }
}

/** What the clients share. */
export class House {
  /** Closed while there is no broker. */
  readonly door = new Gate();
  /** Closed while nobody may begin something new. */
  readonly steps = new Gate();
  readonly truth: Truth;
  /** Who is in the middle of something. */
  readonly busy = new Set<string>();
  readonly #progress = new Map<string, number>();
  readonly #seed: number;
  port = 0;

  constructor(truth: Truth, seed: number) {
    this.truth = truth;
    this.#seed = seed;
  }

  /** The source of one client, the same for the same seed. */
  randomOf(name: string): Random {
    let mixed = this.#seed;
    for (const letter of name) mixed = Math.imul(mixed, 31) + (letter.codePointAt(0) ?? 0);
    return seededRandom(mixed);
  }

  /** Somebody came further: something of his was acknowledged. */
  progressed(name: string): void {
    this.#progress.set(name, (this.#progress.get(name) ?? 0) + 1);
  }

  /** How often everybody came further, to see later who did again. */
  progress(): ReadonlyMap<string, number> {
    return new Map(this.#progress);
  }

  end(): void {
    this.door.end();
    this.steps.end();
  }
}

/** The way to a broker. */
interface Way {
  readonly door: Gate;
  readonly port: number;
}

/** One client's connection, which comes again with the broker. */
export class Caller {
  readonly #house: Way;
  #client: WireClient | undefined;
  /** Counts connections: a member that sees another says everything again. */
  connections = 0;

  constructor(house: Way) {
    this.#house = house;
  }

  /** The connection, made anew when it broke. */
  async connected(): Promise<WireClient> {
    while (this.#client === undefined || this.#client.isClosed) {
      await this.#house.door.passed();
      try {
        this.#client = await connectWire({ host: "127.0.0.1", port: this.#house.port });
        this.connections += 1;
      } catch {
        await sleep(5);
      }
    }
    return this.#client;
  }

  /** Sends a request, until a broker answers it. */
  async call<Request, Response>(codec: ClientCodec<Request, Response>, version: number, request: Request) {
    for (;;) {
      const client = await this.connected();
      try {
        return await client.send(codec, version, request);
      } catch (error) {
        if (!client.isClosed) throw error;
      }
    }
  }

  close(): void {
    this.#client?.close();
  }
}
