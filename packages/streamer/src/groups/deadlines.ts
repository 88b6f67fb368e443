/**
 * Many deadlines, the nearest first. Pure: somebody else has the clock and one timer.
 *
 * Most deadlines are moved later again and again (a session with every heartbeat) and almost none is ever reached. So moving one later is
 * a write to a map; the heap learns of it when the old time comes up.
 */

interface Queued {
  readonly key: string;
  readonly atMs: number;
}

/** Deadlines by key; a key has at most one. */
export class Deadlines {
  readonly #due = new Map<string, number>();
  /** The time under which a key stands in the heap; other entries of that key are stale. */
  readonly #queued = new Map<string, number>();
  readonly #heap: Queued[] = [];

  /** Sets or moves the deadline of a key, ms on whatever clock the caller keeps. */
  set(key: string, atMs: number): void {
    this.#due.set(key, atMs);
    const queued = this.#queued.get(key);
    if (queued === undefined || atMs < queued) this.#push({ key, atMs });
  }

  clear(key: string): void {
    this.#due.delete(key);
    if (this.#due.size > 0) return;
    this.#heap.length = 0;
    this.#queued.clear();
  }

  has(key: string): boolean {
    return this.#due.has(key);
  }

  /** When the nearest deadline is; undefined when there is none. */
  nextMs(): number | undefined {
    return this.#settledTop()?.atMs;
  }

  /** Takes out every key whose deadline has come, in order of time. */
  takeDue(nowMs: number): string[] {
    const keys: string[] = [];
    for (let top = this.#settledTop(); top !== undefined && top.atMs <= nowMs; top = this.#settledTop()) {
      this.#pop();
      this.#queued.delete(top.key);
      this.#due.delete(top.key);
      keys.push(top.key);
    }
    return keys;
  }

  /** The top of the heap after entries that were moved or cleared are put right. */
  #settledTop(): Queued | undefined {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      const isLive = this.#queued.get(top.key) === top.atMs;
      const dueMs = this.#due.get(top.key);
      if (isLive && dueMs === top.atMs) return top;
      this.#pop();
      if (!isLive) continue;
      this.#queued.delete(top.key);
      if (dueMs !== undefined) this.#push({ key: top.key, atMs: dueMs });
    }
    return undefined;
  }

  #push(entry: Queued): void {
    this.#queued.set(entry.key, entry.atMs);
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.atMs <= entry.atMs) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      let below = heap[child];
      const right = heap[child + 1];
      if (below !== undefined && right !== undefined && right.atMs < below.atMs) {
        child += 1;
        below = right;
      }
      if (below === undefined || below.atMs >= last.atMs) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
  }
}
