/**
 * A Merkle tree over a list that only grows (RFC 6962 §2.1; proofs verified as in RFC 9162 §2.1.3 and §2.1.4). Pure.
 *
 *     leaf  SHA-256(0x00 | entry)          node  SHA-256(0x01 | left | right)          empty tree  SHA-256("")
 *
 * Every full subtree is kept, 64 bytes per leaf in all, so a root or a proof costs a few hashes however long the list is.
 */
import { createHash } from "node:crypto";

import { assert } from "@kaelix/base";

const HASH_BYTES = 32;
const FIRST_ROOM = 64;
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** What an entry hashes to as a leaf. */
export function hashLeaf(entry: Uint8Array): Buffer {
  return createHash("sha256").update(LEAF).update(entry).digest();
}

function hashNode(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash("sha256").update(NODE).update(left).update(right).digest();
}

/** The tree. Indexes and sizes count leaves. */
export class MerkleTree {
  /** `#levels[k]`: hashes of full subtrees of 2^k leaves, in order. */
  readonly #levels: HashList[] = [];

  /** Leaves so far. */
  get size(): number {
    return this.#levels[0]?.count ?? 0;
  }

  /** Adds a leaf by its hash (`hashLeaf`). */
  append(leaf: Uint8Array): void {
    let hash = leaf;
    for (let level = 0; ; level++) {
      const list = (this.#levels[level] ??= new HashList());
      list.push(hash);
      if (list.count % 2 === 1) return;
      hash = hashNode(list.at(list.count - 2), list.at(list.count - 1));
    }
  }

  /** The root over the first `size` leaves. */
  root(size = this.size): Buffer {
    assert(size >= 0 && size <= this.size, "A root is of leaves that are there");
    return size === 0 ? createHash("sha256").digest() : Buffer.from(this.#range(0, size));
  }

  /** What shows that leaf `index` is in the tree of `size` leaves (RFC 6962 §2.1.1). */
  inclusionProof(index: number, size: number): Buffer[] {
    assert(index >= 0 && index < size && size <= this.size, "A proof is of a leaf that is there");
    const path = (at: number, start: number, end: number): Buffer[] => {
      if (end - start === 1) return [];
      const middle = start + splitOf(end - start);
      return at < middle
        ? [...path(at, start, middle), this.#range(middle, end)]
        : [...path(at, middle, end), this.#range(start, middle)];
    };
    return path(index, 0, size);
  }

  /** What shows that the tree of `first` leaves is the beginning of the one of `second` (RFC 6962 §2.1.2). */
  consistencyProof(first: number, second: number): Buffer[] {
    assert(first >= 1 && first <= second && second <= this.size, "A proof is of a tree that was");
    const sub = (size: number, start: number, end: number, isWhole: boolean): Buffer[] => {
      if (size === end - start) return isWhole ? [] : [this.#range(start, end)];
      const split = splitOf(end - start);
      return size <= split
        ? [...sub(size, start, start + split, isWhole), this.#range(start + split, end)]
        : [...sub(size - split, start + split, end, false), this.#range(start, start + split)];
    };
    return sub(first, 0, second, true);
  }

  #range(start: number, end: number): Buffer {
    const size = end - start;
    const level = Math.log2(size);
    if (Number.isInteger(level) && start % size === 0) {
      const list = this.#levels[level];
      assert(list !== undefined, "A full subtree is kept");
      return list.at(start / size);
    }
    const middle = start + splitOf(size);
    return hashNode(this.#range(start, middle), this.#range(middle, end));
  }
}

/** True when `proof` leads from a leaf's hash to the root (RFC 9162 §2.1.3.2). */
export function verifyInclusion(
  leaf: { readonly hash: Uint8Array; readonly index: number },
  tree: { readonly size: number; readonly root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (leaf.index < 0 || leaf.index >= tree.size) return false;
  let [at, last] = [leaf.index, tree.size - 1];
  let hash: Uint8Array = leaf.hash;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = hashNode(sibling, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [halve(at), halve(last)];
    } else hash = hashNode(hash, sibling);
    [at, last] = [halve(at), halve(last)];
  }
  return last === 0 && Buffer.from(hash).equals(tree.root);
}

/** True when `proof` shows that the first tree is the beginning of the second (RFC 9162 §2.1.4.2). */
export function verifyConsistency(
  first: { readonly size: number; readonly root: Uint8Array },
  second: { readonly size: number; readonly root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (first.size < 1 || first.size > second.size) return false;
  if (first.size === second.size) return proof.length === 0 && Buffer.from(first.root).equals(second.root);
  const isFull = Number.isInteger(Math.log2(first.size));
  const [head, ...rest] = isFull ? [first.root, ...proof] : proof;
  if (head === undefined) return false;
  let [at, last] = [first.size - 1, second.size - 1];
  while (at % 2 === 1) [at, last] = [halve(at), halve(last)];
  let [before, after] = [head, head];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      before = hashNode(sibling, before);
      after = hashNode(sibling, after);
      while (at % 2 === 0 && at !== 0) [at, last] = [halve(at), halve(last)];
    } else after = hashNode(after, sibling);
    [at, last] = [halve(at), halve(last)];
  }
  return last === 0 && Buffer.from(before).equals(first.root) && Buffer.from(after).equals(second.root);
}

function halve(number: number): number {
  return Math.floor(number / 2);
}

/** The largest power of two below a size of 2 or more. */
function splitOf(size: number): number {
  return 2 ** Math.ceil(Math.log2(size) - 1);
}

/** Hashes one after the other in one piece of memory. */
class HashList {
  #bytes = Buffer.allocUnsafe(FIRST_ROOM * HASH_BYTES);
  count = 0;

  push(hash: Uint8Array): void {
    assert(hash.length === HASH_BYTES, "A hash has 32 bytes");
    if ((this.count + 1) * HASH_BYTES > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(hash, this.count * HASH_BYTES);
    this.count++;
  }

  at(index: number): Buffer {
    assert(index >= 0 && index < this.count, "A hash that is there");
    return this.#bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }
}
