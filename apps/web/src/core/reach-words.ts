/** Whose words a program reads, in plain words. */
import type { OutputOf } from "../data/wire.ts";

/** How far a program reads. */
export type Reach = OutputOf<"keys.list">["data"][number]["reach"];

/** The choices, the narrowest first. */
export const REACHES: readonly { readonly value: Reach; readonly label: string; readonly text: string }[] = [
  { value: "own", label: "Its own", text: "It reads only what it wrote itself." },
  {
    value: "person",
    label: "Yours and its own",
    text: "It reads what you said and what it wrote. What another program wrote stays hidden from it until you correct it or choose its level.",
  },
  {
    value: "all",
    label: "Everything",
    text: "It also reads what other programs wrote. Whatever one of them was made to write can then mislead this one.",
  },
];

/** A choice in the middle of a sentence: "reads yours and its own". */
export function reachWords(reach: Reach): string {
  return `reads ${REACHES.find(({ value }) => value === reach)?.label.toLowerCase() ?? reach}`;
}
