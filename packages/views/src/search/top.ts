/**
 * The first `count` of many items in an order, without sorting them all: a heap whose root is the worst that is kept.
 * @param items how many there are, numbered from 0
 * @param count how many to keep, ≥ 0
 * @param comesFirst whether the left number comes before the right one; must be a total order
 * @returns numbers, first one first
 */
export function selectTop(
  items: number,
  count: number,
  comesFirst: (left: number, right: number) => boolean,
): number[] {
  const heap: number[] = [];
  if (count <= 0) return heap;
  for (let item = 0; item < items; item++) {
    if (heap.length < count) {
      heap.push(item);
      siftUp(heap, comesFirst);
    } else if (comesFirst(item, heap[0] ?? 0)) {
      heap[0] = item;
      siftDown(heap, comesFirst);
    }
  }
  return heap.sort((left, right) => (comesFirst(left, right) ? -1 : comesFirst(right, left) ? 1 : 0));
}

function siftUp(heap: number[], comesFirst: (left: number, right: number) => boolean): void {
  let at = heap.length - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const upper = heap[parent] ?? 0;
    const lower = heap[at] ?? 0;
    if (!comesFirst(upper, lower)) return;
    heap[parent] = lower;
    heap[at] = upper;
    at = parent;
  }
}

function siftDown(heap: number[], comesFirst: (left: number, right: number) => boolean): void {
  let at = 0;
  for (;;) {
    let worst = at;
    for (let child = 2 * at + 1; child <= 2 * at + 2 && child < heap.length; child++) {
      if (comesFirst(heap[worst] ?? 0, heap[child] ?? 0)) worst = child;
    }
    if (worst === at) return;
    const swapped = heap[at] ?? 0;
    heap[at] = heap[worst] ?? 0;
    heap[worst] = swapped;
    at = worst;
  }
}
