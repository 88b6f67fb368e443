/** Where streams are: which partition owns a name, and one number for the two. */
import { assert } from "@kaelix/base";

import { streamErrors } from "./errors.ts";
import type { PartitionStreams } from "./partition-streams.ts";
import { STREAM_NAME_BYTES_MAX, StreamName } from "./stream-name.ts";

/** A stream's place: its partition and its slot there. */
export interface Place {
  readonly owner: number;
  readonly slot: number;
}

/** The partitions' streams. */
export class StreamPlaces {
  readonly owners: readonly PartitionStreams[];
  readonly #streamsMax: number;
  readonly #name = new StreamName();

  constructor(owners: readonly PartitionStreams[], streamsMax: number) {
    this.owners = owners;
    this.#streamsMax = streamsMax;
  }

  /** How many streams there are. */
  get size(): number {
    return this.owners.reduce((sum, owner) => sum + owner.directory.size, 0);
  }

  /** True when a stream exists. */
  has(name: string): boolean {
    const loaded = this.#name;
    if (!loaded.load(name)) return false;
    return (this.owners[loaded.partition(this.owners.length)]?.directory.findName(loaded) ?? -1) >= 0;
  }

  /** Finds a stream; undefined when it does not exist. */
  find(name: string): Place | undefined {
    const loaded = this.#name;
    if (!loaded.load(name)) return undefined;
    const owner = loaded.partition(this.owners.length);
    const slot = this.owners[owner]?.directory.findName(loaded) ?? -1;
    return slot < 0 ? undefined : { owner, slot };
  }

  /** Finds a stream, or throws `stream-missing`. */
  get(name: string): Place {
    const place = this.find(name);
    if (place === undefined) throw streamErrors("stream-missing");
    return place;
  }

  /** Finds a stream; begins it when it does not exist. Throws `stream-name-invalid`, `streams-full`. */
  begin(name: string, key: Uint8Array): Place {
    if (key.length === 0 || key.length > STREAM_NAME_BYTES_MAX) {
      throw streamErrors("stream-name-invalid", { details: { bytes: key.length } });
    }
    const found = this.find(name);
    if (found !== undefined) return found;
    // `find` has loaded it.
    const owner = this.#name.partition(this.owners.length);
    if (this.size >= this.#streamsMax) {
      throw streamErrors("streams-full", { details: { streamsMax: this.#streamsMax } });
    }
    return { owner, slot: this.ownerOf({ owner }).begin(name) };
  }

  /** The partition a place is in. */
  ownerOf({ owner }: Pick<Place, "owner">): PartitionStreams {
    const streams = this.owners[owner];
    assert(streams !== undefined, "A place names a partition");
    return streams;
  }

  /** One number for a place. */
  keyOf({ owner, slot }: Place): number {
    return slot * this.owners.length + owner;
  }

  /** The place of a number. */
  placeOf(key: number): Place {
    return { owner: key % this.owners.length, slot: Math.floor(key / this.owners.length) };
  }

  /** 0 (first) to 7 (last). */
  priorityOf(place: Place): number {
    return this.ownerOf(place).table.priority[place.slot] ?? 0;
  }
}
