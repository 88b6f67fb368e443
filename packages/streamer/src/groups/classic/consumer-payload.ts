/**
 * What consumers tell each other through a classic group of the protocol type "consumer" (ConsumerProtocolSubscription and
 * ConsumerProtocolAssignment). The coordinator passes it on as bytes; it reads it only to know who is subscribed to what, and to refuse an
 * assignment that was cut off on its way.
 *
 *     subscription: version i16 | topics i32 × (length i16, name) | user data i32 length | version 1: owned partitions…
 *     assignment:   version i16 | topics i32 × (length i16, name, partitions i32 × i32) | user data i32 length
 *
 * Bounded: no length is believed before it is compared with the bytes that are there. Fields of later versions are left alone.
 */

/** The protocol type of Kafka's consumers. */
export const CONSUMER_PROTOCOL_TYPE = "consumer";

const textDecoder = new TextDecoder();

class Cursor {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  #at = 0;
  isWhole = true;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  int16(): number {
    return this.#take(2) ? this.#view.getInt16(this.#at - 2) : 0;
  }

  int32(): number {
    return this.#take(4) ? this.#view.getInt32(this.#at - 4) : 0;
  }

  string(): string {
    const length = this.int16();
    return this.#take(length) ? textDecoder.decode(this.#bytes.subarray(this.#at - length, this.#at)) : "";
  }

  /** Bytes that may be missing altogether: -1, or nothing at all from the oldest clients. */
  skipUserData(): void {
    if (this.left === 0) return;
    const length = this.int32();
    if (length !== -1) this.#take(length);
  }

  /** How many items of at least so many bytes follow. */
  count(itemBytesMin: number): number {
    const count = this.int32();
    if (count < 0 || count * itemBytesMin > this.left) this.isWhole = false;
    return this.isWhole ? count : 0;
  }

  skip(bytes: number): void {
    this.#take(bytes);
  }

  #take(bytes: number): boolean {
    if (!this.isWhole || bytes < 0 || bytes > this.left) {
      this.isWhole = false;
      return false;
    }
    this.#at += bytes;
    return true;
  }
}

/** Topics of a subscription; undefined when the bytes are not a whole one. */
export function subscribedTopics(metadata: Uint8Array): readonly string[] | undefined {
  const cursor = new Cursor(metadata);
  cursor.int16();
  const topics: string[] = [];
  for (let left = cursor.count(2); left > 0; left -= 1) topics.push(cursor.string());
  cursor.skipUserData();
  return cursor.isWhole ? topics : undefined;
}

/** False when an assignment says of itself that more bytes belong to it. Empty ones and other protocol types are not looked into. */
export function isWholeAssignment(protocolType: string | null, assignment: Uint8Array): boolean {
  if (protocolType !== CONSUMER_PROTOCOL_TYPE || assignment.length === 0) return true;
  const cursor = new Cursor(assignment);
  cursor.int16();
  for (let topics = cursor.count(6); topics > 0; topics -= 1) {
    cursor.string();
    cursor.skip(cursor.count(4) * 4);
  }
  cursor.skipUserData();
  return cursor.isWhole;
}
