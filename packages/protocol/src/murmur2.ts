/**
 * Which partition a key belongs to: murmur2 with Kafka's seed, the sign bit cut off, modulo the partitions.
 * The same answer as Java's `Utils.murmur2` and `BuiltInPartitioner.partitionForKey`, so both kinds of producers meet.
 */
const SEED = 0x9747_b28c | 0;
const MULTIPLIER = 0x5bd1_e995 | 0;

/** The signed 32-bit hash of some bytes, as Apache Kafka computes it. */
export function murmur2(bytes: Uint8Array): number {
  const { length } = bytes;
  let hash = SEED ^ length;
  const wordsEnd = length & ~3;
  for (let at = 0; at < wordsEnd; at += 4) {
    let word =
      (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
    word = Math.imul(word, MULTIPLIER);
    word ^= word >>> 24;
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(word, MULTIPLIER);
  }
  const rest = length - wordsEnd;
  if (rest >= 3) hash ^= (bytes[wordsEnd + 2] ?? 0) << 16;
  if (rest >= 2) hash ^= (bytes[wordsEnd + 1] ?? 0) << 8;
  if (rest >= 1) hash = Math.imul(hash ^ (bytes[wordsEnd] ?? 0), MULTIPLIER);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, MULTIPLIER);
  return hash ^ (hash >>> 15);
}

/**
 * The partition of a key, the same as Kafka's default partitioner.
 * @param partitions how many the topic has, ≥ 1
 */
export function partitionForKey(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fff_ffff) % partitions;
}
