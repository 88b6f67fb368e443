/** What a chat shows: memories, sayings on their way and questions, in one order of time with day marks between. */
import { dayKey } from "./format.ts";

/** Anything with an id and a time. */
interface Timed {
  readonly id: string;
  readonly at: string;
}

/** An entry of the thread, or the mark of a new day before it. */
type ThreadItem<Entry extends Timed> =
  | { readonly type: "day"; readonly key: string; readonly at: string }
  | { readonly type: "entry"; readonly key: string; readonly entry: Entry };

/** Orders entries by time, oldest first, and puts a mark before each day. Entries of the same moment keep their order. */
export function threadItems<Entry extends Timed>(entries: readonly Entry[]): readonly ThreadItem<Entry>[] {
  const ordered = entries.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const items: ThreadItem<Entry>[] = [];
  let day = "";
  for (const entry of ordered) {
    const key = dayKey(entry.at);
    if (key !== day) items.push({ type: "day", key: `day-${key}`, at: entry.at });
    day = key;
    items.push({ type: "entry", key: entry.id, entry });
  }
  return items;
}
