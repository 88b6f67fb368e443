import type { ReactNode } from "react";

import { countOf, formatCount } from "../core/format.ts";
import { wordsOf } from "../core/levels.ts";
import type { OutputOf } from "../data/wire.ts";

type Embedding = OutputOf<"status.read">["embedding"];

const MISSED: Readonly<Record<string, string>> = {
  late: "By words alone: the provider of meaning did not answer in time.",
  down: "By words alone: the provider of meaning cannot be asked now.",
  withheld: "By words alone: this is too private to be sent to a provider.",
};

/** Says of a search that it went by words alone though it need not have. */
export function MeaningMissed({ meaning }: { readonly meaning: string | undefined }): ReactNode {
  const text = meaning === undefined ? undefined : MISSED[meaning];
  return text === undefined ? null : <span className="block">{text}</span>;
}

/** Up to which level texts are sent away, in a sentence. */
export function SentUpTo({ level }: { readonly level: string | null }): ReactNode {
  if (level === null) return <>Everything stays on this server; this page loads nothing from anywhere else.</>;
  const levels =
    level === "general" ? wordsOf("general").label : `${wordsOf("general").label} and ${wordsOf(level).label}`;
  return (
    <>
      Memories, searches and questions of level {levels} are sent to an AI provider, which whoever keeps this server has
      set up; under AI provider you can keep yours from it. Secret and ultra-secret ones never are. This page loads
      nothing from anywhere else.
    </>
  );
}

/** What is sent where, for those who keep the server. */
export function WhatIsSent({ embedding }: { readonly embedding: Embedding }): ReactNode {
  if (embedding === null)
    return <p className="text-muted">Nothing is sent to any AI provider. Search goes by words.</p>;
  const { host, level_max: level, model, problem, state } = embedding;
  const levels = level === "general" ? "General" : "General and Confidential";
  return (
    <>
      <p className="text-muted">
        Memories and searches of level {levels} go to <bdi className="break-all">{host}</bdi> ({model}), which says what
        they mean. Secret and ultra-secret ones never do.
      </p>
      <p className={state === "ready" ? "mt-1 text-muted" : "mt-1 text-danger"}>
        {state === "ready" &&
          (embedding.waiting === 0 ? "None waits." : `${countOf(embedding.waiting, "memory", "memories")} wait.`)}
        {state === "paused" &&
          `It does not answer as it should (${problem ?? "no reason known"}). Until it does, search goes by words.`}
        {state === "spent" &&
          "Its tokens of today are spent. Until tomorrow (UTC), search goes by words where it must."}{" "}
        {formatCount(embedding.tokens_today)} of {formatCount(embedding.tokens_per_day)} tokens today.
      </p>
    </>
  );
}
