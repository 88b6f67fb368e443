import type { ReactNode } from "react";

import { diffWords } from "../core/diff.ts";
import { formatMoment } from "../core/format.ts";
import { api } from "../data/api.ts";
import type { WireVersion } from "../data/wire.ts";
import { Loading, Name, ProblemNote, Words } from "./basics.tsx";
import { LevelBadge } from "./level.tsx";
import { MemoryWords } from "./memory-words.tsx";

const CHANGES: Readonly<Record<WireVersion["change"], string>> = { told: "Told", edit: "Edited", move: "Moved" };
const DECIDERS: Readonly<Record<string, string>> = { rule: "by a rule", model: "by a model", person: "by you" };

/** Two texts as one: what went is struck through, what came is underlined. */
export function Difference({ before, after }: { readonly before: string; readonly after: string }): ReactNode {
  return (
    <bdi dir="auto" className="whitespace-pre-wrap">
      {diffWords(before, after).map((part, at) => {
        if (part.type === "removed")
          return (
            <del key={at} className="text-danger decoration-current">
              {part.text}
            </del>
          );
        if (part.type === "added")
          return (
            <ins key={at} className="bg-own underline-offset-2">
              {part.text}
            </ins>
          );
        return <span key={at}>{part.text}</span>;
      })}
    </bdi>
  );
}

function Version({
  id,
  version,
  before,
}: {
  readonly id: string;
  readonly version: WireVersion;
  readonly before: WireVersion | undefined;
}): ReactNode {
  const comparable =
    before?.text !== undefined && before.text !== null && version.text !== null && before.text !== version.text;
  return (
    <li className="py-3">
      <p className="flex flex-wrap items-center gap-x-2 text-13 text-muted">
        <span className="font-medium text-ink">v{version.version}</span>
        <span>{CHANGES[version.change]}</span>
        <span>{formatMoment(version.at)}</span>
        <LevelBadge level={version.level} />
        <span>{DECIDERS[version.level_decided_by]}</span>
        {version.client !== null && (
          <span>
            written by <Name text={version.client.name} />
          </span>
        )}
        <span className="ms-auto font-mono text-12">{version.position}</span>
      </p>
      <div className="mt-1 max-w-measure">
        {version.reason !== null && (
          <p className="mb-1 text-13 text-muted">
            Because: <Name text={version.reason} />
          </p>
        )}
        {version.sealed !== undefined && (
          <MemoryWords memory={{ id, version: version.version, text: "", sealed: version.sealed }} />
        )}
        {version.text === null && version.sealed === undefined && (
          <p className="text-muted italic">Its key is gone; nobody can read it any more.</p>
        )}
        {version.text !== null && !comparable && version.change !== "move" && <Words text={version.text} />}
        {comparable && <Difference before={before.text ?? ""} after={version.text ?? ""} />}
      </div>
    </li>
  );
}

/** Every state a memory was in, newest first, each against the one before. */
export function Versions({ id }: { readonly id: string }): ReactNode {
  const { data, error } = api.useVersionsQuery(id);
  if (error !== undefined) return <ProblemNote problem={error} />;
  if (data === undefined) return <Loading what="Reading" />;
  return (
    <ol className="max-w-measure divide-y divide-line border-y border-line">
      {data.data.map((version, at) => (
        <Version key={`${version.version}-${version.change}`} id={id} version={version} before={data.data[at + 1]} />
      ))}
    </ol>
  );
}
