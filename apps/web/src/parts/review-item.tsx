import type { ReactNode } from "react";

import { formatWhen } from "../core/format.ts";
import { wordsOf } from "../core/levels.ts";
import type { WireReviewItem, WireReviewWord } from "../data/review-api.ts";
import { Button, Name, TextLink, Words } from "./basics.tsx";
import { Quote } from "./evidence.tsx";
import { LevelBadge } from "./level.tsx";

const NEXT = ["general", "confidential", "secret", "ultra-secret"] as const;

/** What an answer is called, where it stands. */
export function labelOf(item: WireReviewItem, word: WireReviewWord): string {
  if (item.memory !== undefined) {
    const at = NEXT.indexOf(item.memory.level);
    if (word === "up") return `Move up to ${wordsOf(NEXT[at + 1] ?? "").label}`;
    if (word === "down") return `Move down to ${wordsOf(NEXT[at - 1] ?? "general").label}`;
    return `Yes, ${wordsOf(item.memory.level).label}`;
  }
  if (item.write !== undefined) return word === "accept" ? "Remember it" : "Refuse";
  const isTwo = item.people?.other !== null;
  if (word === "accept") return isTwo ? "One person" : "Yes, that is right";
  return isTwo ? "Two people" : "No, somebody else";
}

/** Who said it, how often and since when; nothing of what was said once by the person themself. */
function Said({ memory, said }: Doubted): ReactNode {
  if (memory.speaker === null && said === undefined) return null;
  return (
    <span data-testid="said-often">
      {memory.speaker === null ? "" : <Name text={memory.speaker} />}
      {memory.speaker !== null && said !== undefined && ", "}
      {said !== undefined && `said ${said.times} times since ${formatWhen(said.since, Date.now())}`}
    </span>
  );
}

interface Doubted {
  readonly memory: NonNullable<WireReviewItem["memory"]>;
  readonly said: WireReviewItem["said"];
}

function LevelDoubt({ memory, said }: Doubted): ReactNode {
  return (
    <>
      <p className="max-w-measure">
        <Words text={memory.text} />
      </p>
      <p className="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-13 text-muted">
        <LevelBadge level={memory.level} pips />
        <span>{Math.round(memory.confidence * 100)} % sure</span>
        {memory.reasons.map(({ rule, text }) => (
          <span key={rule}>{text}</span>
        ))}
        <Said memory={memory} said={said} />
        <TextLink href={`/memories/${memory.id}`}>{formatWhen(memory.occurred_at, Date.now())}</TextLink>
      </p>
    </>
  );
}

function Proposed({ write }: { readonly write: NonNullable<WireReviewItem["write"]> }): ReactNode {
  return (
    <>
      <p className="text-13 text-muted">
        <Name text={write.client} /> wants to have remembered, {formatWhen(write.proposed_at, Date.now())}
      </p>
      <p className="mt-1 max-w-measure border-s-2 border-line ps-3">
        <Words text={write.text} />
      </p>
      <p className="mt-1.5 flex flex-wrap items-center gap-x-3 text-13 text-muted">
        <LevelBadge level={write.level} pips />
        {write.reasons.map((reason) => (
          <span key={reason}>{reason}</span>
        ))}
      </p>
    </>
  );
}

/** Memories whose levels are doubted for the same reason. */
function DoubtsAlike({ items }: { readonly items: readonly WireReviewItem[] }): ReactNode {
  const doubted = items.flatMap(({ memory, said }) => (memory === undefined ? [] : [{ memory, said }]));
  const first = doubted[0]?.memory;
  if (first === undefined) return null;
  const times = doubted.reduce((sum, { said }) => sum + (said?.times ?? 1), 0);
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-13 text-muted">
        <LevelBadge level={first.level} pips />
        <span>{times} memories, doubted for the same reason</span>
        <span>{first.reasons[0]?.text}</span>
      </p>
      <ul
        // A list that scrolls must be reached by the keyboard.
        tabIndex={0}
        aria-label={`${times} memories`}
        className="mt-2 grid max-h-72 gap-1.5 overflow-y-auto border-s-2 border-line ps-3"
      >
        {doubted.map(({ memory, said }) => (
          <li key={memory.id} className="max-w-measure">
            <Words text={memory.text} />{" "}
            <span className="text-13 text-muted">
              <Said memory={memory} said={said} />
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** One thing that waits, or several that are alike, and what can be said to it. */
export function ReviewItem({
  items,
  isChosen,
  onSay,
  onApart,
}: {
  /** At least one. */
  readonly items: readonly WireReviewItem[];
  readonly isChosen: boolean;
  readonly onSay: (word: WireReviewWord) => void;
  /** Several are to be asked about one by one. */
  readonly onApart: () => void;
}): ReactNode {
  const [item] = items;
  if (item === undefined) return null;
  const isOne = items.length === 1;
  return (
    <li
      data-testid="review-item"
      data-chosen={isChosen}
      aria-current={isChosen}
      className={`rounded-card border bg-surface px-4 py-3 ${isChosen ? "border-accent" : "border-line"}`}
    >
      {!isOne && <DoubtsAlike items={items} />}
      {isOne && item.memory !== undefined && <LevelDoubt memory={item.memory} said={item.said} />}
      {item.write !== undefined && <Proposed write={item.write} />}
      {item.people !== undefined && (
        <>
          <p className="font-medium">
            <bdi dir="auto">{item.people.reason}</bdi>?
          </p>
          <div className="mt-1.5 flex flex-col gap-1.5">
            {item.people.evidence.map((one) => (
              <Quote key={`${one.memory_id} ${one.range[0]}`} evidence={one} />
            ))}
          </div>
        </>
      )}
      <p className="mt-2.5 flex flex-wrap gap-2">
        {item.answers.map((word) => (
          <Button key={word} onPress={() => onSay(word)}>
            {isOne ? labelOf(item, word) : `All: ${labelOf(item, word)}`}
          </Button>
        ))}
        {!isOne && (
          <Button look="quiet" onPress={onApart}>
            One by one
          </Button>
        )}
      </p>
    </li>
  );
}
