/**
 * The first `count` of many items in an order, without sorting them all: a heap whose root is the worst that is kept.
 * @param items how many there are, numbered from 0
 * @param count how many to keep, ≥ 0
 * @param compare negative when the left number comes first; must be a total order
 * @returns numbers, first one first
 */
export function selectTop(items: number, count: number, compare: (left: number, right: number) => number): number[] {
  const heap: number[] = [];
  if (count <= 0) return heap;
  for (let item = 0; item < items; item++) {
    if (heap.length < count) {
      heap.push(item);
      siftUp(heap, compare);
    } else if (compare(item, heap[0] ?? 0) < 0) {
      heap[0] = item;
      siftDown(heap, compare);
    }
  }
  return heap.sort(compare);
}

function siftUp(heap: number[], compare: (left: number, right: number) => number): void {
  let at = heap.length - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const [upper, lower] = [heap[parent] ?? 0, heap[at] ?? 0];
    if (compare(upper, lower) >= 0) return;
    heap[parent] = lower;
    heap[at] = upper;
    at = parent;
  }
}

function siftDown(heap: number[], compare: (left: number, right: number) => number): void {
  let at = 0;
  for (;;) {
    let worst = at;
    for (const child of [2 * at + 1, 2 * at + 2]) {
      if (child < heap.length && compare(heap[child] ?? 0, heap[worst] ?? 0) > 0) worst = child;
    }
    if (worst === at) return;
    const swapped = heap[at] ?? 0;
    heap[at] = heap[worst] ?? 0;
    heap[worst] = swapped;
    at = worst;
  }
}
