/** Where streams are: which partition owns a name, and one number for the two. */
import { assert, encodeText } from "@kaelix/base";
import { partitionForKey } from "@kaelix/protocol";

import { streamErrors } from "./errors.ts";
import type { PartitionStreams } from "./partition-streams.ts";
import { STREAM_NAME_BYTES_MAX } from "./stream-directory.ts";

/** A stream's place: its partition and its slot there. */
export interface Place {
  readonly owner: number;
  readonly slot: number;
}

/** The partitions' streams. */
export class StreamPlaces {
  readonly owners: readonly PartitionStreams[];
  readonly #streamsMax: number;
  readonly #keyBuffer = new Uint8Array(STREAM_NAME_BYTES_MAX);
  readonly #keyViews: Uint8Array[] = [];

  constructor(owners: readonly PartitionStreams[], streamsMax: number) {
    this.owners = owners;
    this.#streamsMax = streamsMax;
  }

  /** How many streams there are. */
  get size(): number {
    return this.owners.reduce((sum, owner) => sum + owner.directory.size, 0);
  }

  /** Finds a stream; undefined when it does not exist. */
  find(name: string): Place | undefined {
    const owner = this.owners.length === 1 ? 0 : partitionForKey(this.#keyOfName(name), this.owners.length);
    const slot = this.owners[owner]?.directory.find(name) ?? -1;
    return slot < 0 ? undefined : { owner, slot };
  }

  /** A name's bytes, in a buffer used again and again: making one for each look-up would be most of its cost. */
  #keyOfName(name: string): Uint8Array {
    const buffer = this.#keyBuffer;
    for (let at = 0; at < name.length; at += 1) {
      const code = name.charCodeAt(at);
      if (code > 127 || at >= buffer.length) return encodeText(name);
      buffer[at] = code;
    }
    return (this.#keyViews[name.length] ??= buffer.subarray(0, name.length));
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
    const owner = partitionForKey(key, this.owners.length);
    const streams = this.ownerOf({ owner });
    const found = streams.directory.find(name);
    if (found >= 0) return { owner, slot: found };
    if (this.size >= this.#streamsMax) {
      throw streamErrors("streams-full", { details: { streamsMax: this.#streamsMax } });
    }
    return { owner, slot: streams.begin(name) };
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
