/** Writes a compacted segment beside the log: dense, indexed, hashed, durable when it is finished. */
import { createHash } from "node:crypto";

import { assert } from "@kaelix/base";
import { type BatchHeader, readBatchHeader } from "@kaelix/protocol";

import { FILLER_OFFSETS_MAX, fillerBatch } from "./batch-cleaning.ts";
import type { Disk, DiskFile } from "./disk.ts";
import { SegmentIndex } from "./segment-index.ts";
import { Segment } from "./segment.ts";

const BUFFER_BYTES = 1 << 18;

/** A segment that was written. */
interface WrittenSegment {
  readonly segment: Segment;
  readonly path: string;
  readonly sha256: string;
}

/** See the top of the file. */
export class CleanedWriter {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #segment: Segment;
  readonly #index: SegmentIndex;
  readonly #file: DiskFile;
  readonly #hash = createHash("sha256");
  readonly #buffer: Uint8Array;
  #buffered = 0;
  #written = 0;

  /** @param bytesExpected about how large it will be at most */
  constructor(disk: Disk, directory: string, baseOffset: number, bytesExpected: number) {
    this.#disk = disk;
    this.#buffer = new Uint8Array(Math.min(BUFFER_BYTES, bytesExpected));
    this.#segment = new Segment(directory, baseOffset);
    this.#index = new SegmentIndex(baseOffset);
    this.#path = `${directory}/${String(baseOffset).padStart(20, "0")}.cleaned`;
    disk.remove(this.#path);
    this.#file = disk.open(this.#path, "create");
  }

  /** Adds the next batch that stays. */
  add(bytes: Uint8Array, header: BatchHeader): void {
    this.#fillTo(header.baseOffset);
    this.#append(bytes, header);
  }

  #fillTo(offset: number): void {
    const segment = this.#segment;
    while (segment.nextOffset < offset) {
      const filler = fillerBatch(segment.nextOffset, Math.min(offset, segment.nextOffset + FILLER_OFFSETS_MAX));
      const header = readBatchHeader(filler);
      assert(header !== undefined, "A filler has a header");
      this.#append(filler, header);
    }
  }

  #append(bytes: Uint8Array, header: BatchHeader): void {
    const segment = this.#segment;
    this.#index.add(header.baseOffset, header, segment.size);
    segment.size += bytes.length;
    segment.nextOffset = header.baseOffset + header.lastOffsetDelta + 1;
    if (header.maxTimestampMs > segment.maxTimestampMs) segment.maxTimestampMs = header.maxTimestampMs;
    if (this.#buffered + bytes.length > this.#buffer.length) this.#flush();
    if (bytes.length > this.#buffer.length) this.#write(bytes);
    else {
      this.#buffer.set(bytes, this.#buffered);
      this.#buffered += bytes.length;
    }
  }

  #flush(): void {
    if (this.#buffered > 0) this.#write(this.#buffer.subarray(0, this.#buffered));
    this.#buffered = 0;
  }

  #write(bytes: Uint8Array): void {
    this.#file.write(bytes, this.#written);
    this.#hash.update(bytes);
    this.#written += bytes.length;
  }

  /** Fills up to an offset and makes it all durable. */
  async finish(nextOffset: number): Promise<WrittenSegment> {
    this.#fillTo(nextOffset);
    this.#flush();
    await this.#file.sync();
    this.#file.close();
    this.#segment.sealed = true;
    this.#segment.index = this.#index;
    return { segment: this.#segment, path: this.#path, sha256: this.#hash.digest("hex") };
  }

  /** Removes what was written. */
  abandon(): void {
    this.#file.close();
    this.#disk.remove(this.#path);
  }
}
