import { SOURCE_KINDS } from "@kaelix/model";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";

import { countOf, formatDay, formatMoment } from "../core/format.ts";
import { periodOf, periodOptions, periodValue, periodWords } from "../core/kept-words.ts";
import { SOURCE_LABELS } from "../core/source-words.ts";
import { notify } from "../data/actions.ts";
import { client } from "../data/connection.ts";
import { retentionApi, type WireRetention, type WireRules } from "../data/retention-api.ts";
import { useAppDispatch } from "../data/store.ts";
import { Button, ButtonLink, Empty, Loading, ProblemNote } from "../parts/basics.tsx";
import { Choice } from "../parts/choice.tsx";
import { LevelBadge } from "../parts/level.tsx";
import { MemoryWords } from "../parts/memory-words.tsx";
import { Page, Section } from "../parts/page.tsx";
import { useGuardedCall } from "../parts/proof.tsx";

type SourceRule = WireRules["sources"][number];

function fromSources(sources: readonly { readonly source: SourceRule["source"]; readonly count: number }[]): string {
  return sources.map(({ count, source }) => `${count} from: ${SOURCE_LABELS[source]}`).join("; ");
}

/** What a draft of rules would let go. */
function Going({ rules }: { readonly rules: WireRules }): ReactNode {
  const { currentData: data, error, refetch } = retentionApi.usePreviewRetentionQuery(rules);
  if (error !== undefined) return <ProblemNote problem={error} onRetry={() => void refetch()} />;
  return (
    <p className="mt-4 max-w-measure" aria-live="polite" data-testid="retention-preview">
      {data === undefined
        ? "Counting…"
        : data.total === 0
          ? "With these rules nothing that is open here goes within a week."
          : `With these rules ${countOf(data.total, "memory", "memories")} that ${data.total === 1 ? "is" : "are"} open here would go for good on ${formatMoment(data.on)} (${fromSources(data.sources)}).`}
    </p>
  );
}

/** Rules of sources, and one more. */
function SourceRules({
  rules,
  onChange,
}: {
  readonly rules: WireRules;
  readonly onChange: (to: WireRules) => void;
}): ReactNode {
  const free = SOURCE_KINDS.filter((kind) => !rules.sources.some(({ source }) => source === kind));
  const others = (source: SourceRule["source"]): SourceRule[] => rules.sources.filter((rule) => rule.source !== source);
  return (
    <>
      {rules.sources.map(({ months, source }) => (
        <div key={source} className="flex flex-wrap items-end gap-3">
          <Choice
            label={`From: ${SOURCE_LABELS[source]}`}
            value={periodValue(months)}
            options={periodOptions(months)}
            onChange={(value) =>
              onChange({
                ...rules,
                sources: rules.sources.map((rule) =>
                  rule.source === source ? { source, months: periodOf(value) } : rule,
                ),
              })
            }
          />
          <Button
            look="quiet"
            onPress={() => onChange({ ...rules, sources: others(source) })}
            aria-label={`As everything: ${SOURCE_LABELS[source]}`}
          >
            As everything
          </Button>
        </div>
      ))}
      {free.length > 0 && (
        <Choice
          label="Another period for what came from"
          testId="retention-add"
          value=""
          options={[
            { value: "", label: "Choose a source" },
            ...free.map((value) => ({ value, label: SOURCE_LABELS[value] })),
          ]}
          onChange={(value) => {
            const source = free.find((kind) => kind === value);
            if (source !== undefined)
              onChange({ ...rules, sources: [...rules.sources, { source, months: rules.months }] });
          }}
        />
      )}
    </>
  );
}

function RulesForm({ data }: { readonly data: WireRetention }): ReactNode {
  const dispatch = useAppDispatch();
  const [draft, setDraft] = useState<WireRules>(data.rules);
  const { dialog, isBusy, problem, run } = useGuardedCall();
  const isChanged = JSON.stringify(draft) !== JSON.stringify(data.rules);
  const choose = (rules: WireRules | null): Promise<void> =>
    run(async () => {
      const { data: chosen } = await client.call("retention.choose", { body: { rules } });
      setDraft(chosen.rules);
      dispatch(retentionApi.util.invalidateTags(["Me"]));
      dispatch(notify(rules === null ? "As the server is set up" : "Chosen. Nothing goes within a week"));
    });
  return (
    <Section title="Rules">
      <div className="flex max-w-form flex-col gap-4">
        <Choice
          label="Keep what I tell"
          testId="retention-months"
          value={periodValue(draft.months)}
          options={periodOptions(draft.months)}
          onChange={(value) => setDraft({ ...draft, months: periodOf(value) })}
        />
        <SourceRules rules={draft} onChange={setDraft} />
      </div>
      {isChanged && <Going rules={draft} />}
      {problem !== null && <ProblemNote problem={problem} safe="The rules are as they were" />}
      <div className="mt-4 flex flex-wrap gap-3">
        <Button isDisabled={!isChanged || isBusy} onPress={() => void choose(draft)} data-testid="retention-choose">
          Choose these rules
        </Button>
        {isChanged && <Button onPress={() => setDraft(data.rules)}>Leave them as they were</Button>}
        {data.chosen_at !== null && !isChanged && (
          <Button isDisabled={isBusy} onPress={() => void choose(null)}>
            As the server is set up: {periodWords(data.house.months).toLowerCase()}
          </Button>
        )}
      </div>
      <p className="mt-3 max-w-measure text-13 text-muted">
        Counted from the day you told it to Kaelix or imported it, not from the day it happened. The rules hold for
        every level; what is counted here is what is open. A change takes nothing for a week, and you can change it back
        until then.
      </p>
      {dialog}
    </Section>
  );
}

/** What reaches its age soon, each with a way to keep it. */
function Leaving({ announced, kept }: Pick<WireRetention, "announced" | "kept">): ReactNode {
  const { data, error, refetch } = retentionApi.useLeavingQuery();
  const [keep, { error: failure, isLoading }] = retentionApi.useKeepMutation();
  return (
    <Section title="Going next">
      {error !== undefined && data === undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {data === undefined && error === undefined && <Loading what="Counting" />}
      {announced !== null && (
        <p className="mb-2 max-w-measure" data-testid="retention-announced">
          On {formatMoment(announced.on)} {countOf(announced.total, "memory goes", "memories go")} for good (
          {fromSources(announced.sources)}).
        </p>
      )}
      {data?.total === 0 && <Empty>Nothing that is open here reaches its age in the next 30 days.</Empty>}
      {failure !== undefined && <ProblemNote problem={failure} safe="Nothing was changed" />}
      {data !== undefined && data.total > 0 && (
        <>
          <ul className="divide-y divide-line border-y border-line">
            {data.data.map(({ memory, until }) => (
              <li
                key={memory.id}
                className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-1 py-2"
                data-testid="leaving"
              >
                <span className="min-w-0 flex-1 basis-60">
                  <Link to={`/memories/${memory.id}`} className="line-clamp-2 hover:underline">
                    <MemoryWords memory={memory} />
                  </Link>
                  <span className="block text-13 text-muted">
                    Kept until {formatDay(until)} · <LevelBadge level={memory.level} />
                  </span>
                </span>
                <Button isDisabled={isLoading} onPress={() => void keep({ id: memory.id, kept: true })}>
                  Keep it for ever
                </Button>
              </li>
            ))}
          </ul>
          {data.total > data.data.length && (
            <p className="mt-2 text-13 text-muted">
              The oldest {data.data.length} of {data.total}. To keep many, choose a longer period.
            </p>
          )}
        </>
      )}
      {kept > 0 && (
        <p className="mt-2 text-13 text-muted">{countOf(kept, "memory is", "memories are")} kept for ever by name.</p>
      )}
    </Section>
  );
}

/** How long memories are kept. */
export function RetentionScreen(): ReactNode {
  const { data, error, refetch } = retentionApi.useRetentionQuery();
  return (
    <Page title="How long it is kept" testId="retention" actions={<ButtonLink href="/settings">Back to Me</ButtonLink>}>
      {error !== undefined && data === undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {data === undefined && error === undefined && <Loading what="Reading" />}
      {data !== undefined && (
        <>
          <RulesForm data={data} />
          <Leaving announced={data.announced} kept={data.kept} />
        </>
      )}
    </Page>
  );
}
