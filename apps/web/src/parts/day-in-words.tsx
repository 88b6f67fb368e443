import type { ReactNode } from "react";
import { Link } from "react-router";

import { sayerOf } from "../core/format.ts";
import { NOT_WRITTEN } from "../core/provider-words.ts";
import { excerptOf } from "../core/text-parts.ts";
import { api } from "../data/api.ts";
import { daysApi, type WireDayProse } from "../data/days-api.ts";
import type { WireDigest } from "../data/wire.ts";
import { Loading, Name } from "./basics.tsx";
import { Section } from "./page.tsx";

type Memory = WireDigest["sections"][number]["lines"][number]["evidence"][number]["memory"];

const EXCERPT_LENGTH = 90;

/** Everything that the lines of a digest stand on, numbered in the order of the sentences that cite it. */
function sourcesOf(
  sentences: WireDayProse["sentences"],
  digest: WireDigest,
): ReadonlyMap<string, { readonly number: number; readonly memory: Memory }> {
  const evidence = digest.sections.flatMap(({ lines }) => lines.flatMap((line) => line.evidence));
  const sources = new Map<string, { number: number; memory: Memory }>();
  for (const id of sentences.flatMap(({ memories }) => memories)) {
    const found = evidence.find(({ memory }) => memory.id === id);
    if (found !== undefined && !sources.has(id)) sources.set(id, { number: sources.size + 1, memory: found.memory });
  }
  return sources;
}

function Sentences({ prose, digest }: { readonly prose: WireDayProse; readonly digest: WireDigest }): ReactNode {
  const shown = new Set(digest.sections.flatMap(({ lines }) => lines.map(({ key }) => key)));
  // A line that is not told any more takes its sentence along.
  const standing = prose.sentences.filter(({ lines }) => lines.every((key) => shown.has(key)));
  const sources = sourcesOf(standing, digest);
  if (standing.length === 0)
    return (
      <p className="text-13 text-muted" role="status">
        Not put into words: {NOT_WRITTEN[prose.not_written ?? "unsupported"]}. The lines below stand.
      </p>
    );
  return (
    <>
      <p className="max-w-measure">
        {standing.map((sentence) => (
          <span key={sentence.text}>
            <bdi dir="auto">{sentence.text}</bdi>
            {sentence.memories.flatMap((id) => {
              const source = sources.get(id);
              if (source === undefined) return [];
              const said = `${sayerOf(source.memory)}: ${excerptOf(source.memory.text, [], EXCERPT_LENGTH).text}`;
              return [
                <Link
                  key={id}
                  to={`/memories/${id}`}
                  aria-label={`Source ${source.number}, ${said}`}
                  title={said}
                  className="ms-0.5 rounded-control px-0.5 text-12 text-accent hover:bg-surface"
                >
                  [{source.number}]
                </Link>,
              ];
            })}{" "}
          </span>
        ))}
      </p>
      <p className="mt-1 text-12 text-muted">
        Written by <Name text={prose.written_by ?? ""} /> from the lines below.
      </p>
    </>
  );
}

/** Today in sentences of the AI provider, where one writes here and there is something to tell. */
export function DayInWords(): ReactNode {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { data: digest } = api.useDigestQuery({ zone });
  const writes = digest?.writes === true;
  const told = (digest?.sections ?? []).flatMap(({ lines }) => lines.map(({ key, text }) => `${key} ${text}`));
  const { data, isError } = daysApi.useDayProseQuery({ zone, told: told.join("\n") }, { skip: !writes });
  if (!writes || digest === undefined || isError) return null;
  return (
    <Section title="In words">
      <div data-testid="day-prose" aria-live="polite">
        {data === undefined ? <Loading what="Writing" /> : <Sentences prose={data} digest={digest} />}
      </div>
    </Section>
  );
}
