/** What of Review is asked about together. Apart from the routes, which a page that shows it need not load. */

/** Fewer than these are asked about one by one. */
const TOGETHER_MIN = 3;

/** One card of Review: one thing, or several that are alike. */
export interface ReviewCard<Item> {
  /** Stays the same while any of its items waits. */
  readonly id: string;
  readonly items: readonly Item[];
}

/** The cards of items, each where its first item stands. `opened`: of which alike are to be asked about one by one. */
export function cardsOf<Item extends { readonly id: string; readonly alike: string | null }>(
  items: readonly Item[],
  opened: ReadonlySet<string>,
): ReviewCard<Item>[] {
  const alike = Map.groupBy(items, ({ alike: key, id }) => (key === null || opened.has(key) ? id : key));
  return items.flatMap((item) => {
    const key = item.alike ?? item.id;
    const together = alike.get(key) ?? [];
    if (together.length < TOGETHER_MIN) return { id: item.id, items: [item] };
    return together[0] === item ? { id: key, items: together } : [];
  });
}
