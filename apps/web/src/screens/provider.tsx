import type { ReactNode } from "react";

import { countOf, formatCount, formatDuration } from "../core/format.ts";
import { LEVEL_WORDS } from "../core/levels.ts";
import { providerApi, type WireProvider, type WireWriter } from "../data/provider-api.ts";
import { useRunsServer } from "../data/store.ts";
import { Button, ButtonLink, Loading, Name, ProblemNote } from "../parts/basics.tsx";
import { LevelBadge } from "../parts/level.tsx";
import { OnOff } from "../parts/on-off.tsx";
import { Page, Section } from "../parts/page.tsx";

const POLL_MS = 5_000;

const STATES: Readonly<Record<WireWriter["state"], string>> = {
  ready: "Ready.",
  paused: "It kept failing and is left alone for a while; it is asked again by itself.",
  spent: "What it may cost today is spent. Until tomorrow (UTC) everything goes on without it.",
};

const PROBLEMS: Readonly<Record<string, string>> = {
  "provider-unreachable": "Nobody answered at its address",
  "provider-late": "It did not answer in time",
  "provider-busy": "It asked to wait",
  "provider-failed": "It failed",
  "provider-refused": "It refused: is the key right, and the model one that it has?",
  "provider-answer-invalid": "It answered with what was no answer",
  "provider-declined": "It would not say anything on a text",
  "provider-budget-spent": "The budget of the day was spent",
};

/** One line of a list of facts. */
function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="flex flex-wrap gap-x-4 py-1.5">
      <dt className="w-40 text-muted">{label}</dt>
      <dd className="min-w-0 flex-1 basis-60">{children}</dd>
    </div>
  );
}

function placeOf(level: string): number {
  return LEVEL_WORDS.findIndex(({ name }) => name === level);
}

/** A level and what of it leaves the server. */
function SentRows({ provider }: { readonly provider: WireProvider }): ReactNode {
  const { choice, meaning, writer } = provider;
  const reaches = (level: string, max: string | undefined): boolean =>
    max !== undefined && placeOf(level) <= placeOf(max);
  return (
    <table className="w-full max-w-measure border-collapse text-start" data-testid="sent-table">
      <thead>
        <tr className="border-b border-line text-13 text-muted">
          <th scope="col" className="py-1.5 pe-4 text-start font-medium">
            Level
          </th>
          <th scope="col" className="py-1.5 text-start font-medium">
            What of yours is sent
          </th>
        </tr>
      </thead>
      <tbody>
        {LEVEL_WORDS.map(({ name: level }) => {
          const sent = !choice.allowed
            ? []
            : [
                ...(writer?.writes === true && reaches(level, writer.level_max)
                  ? ["quoted passages, with a question", "lines of your day, with the words they stand on"]
                  : []),
                ...(writer !== null && writer.judges_below !== null && reaches(level, writer.level_max)
                  ? ["memories that the rules are unsure of, once"]
                  : []),
                ...(reaches(level, meaning?.level_max) ? ["memories, searches and questions, for their meaning"] : []),
              ];
          return (
            <tr key={level} className="border-b border-line align-baseline">
              <td className="py-2 pe-4">
                <LevelBadge level={level} />
              </td>
              <td className={sent.length === 0 ? "py-2 text-muted" : "py-2"}>
                {sent.length === 0 ? "Nothing" : sent.join("; ")}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Costs({ writer }: { readonly writer: WireWriter }): ReactNode {
  const { cost_per_day: costMax, cost_today: cost, tokens_per_day: tokensMax, tokens_today: tokens } = writer;
  return (
    <Section title="Today (UTC)">
      <dl>
        <Fact label="Tokens">
          {formatCount(tokens)} of {formatCount(tokensMax)}
        </Fact>
        <Fact label="Cost">
          {cost === null || costMax === null
            ? "Not counted: no prices are set (KAELIX_AI_PRICE_READ, KAELIX_AI_PRICE_WRITTEN)"
            : `${cost.toFixed(4)} of ${costMax}`}
        </Fact>
      </dl>
    </Section>
  );
}

function Judged({ writer }: { readonly writer: WireWriter }): ReactNode {
  const { judged, judges_below: below, raised, silent, waiting } = writer;
  if (below === null) return "It judges no levels.";
  const rest = silent === 0 ? "" : ` About ${silent} it said nothing of use.`;
  return (
    <>
      Asked about memories of which the rules are less than {Math.round(below * 100)} % sure. Since the start it judged{" "}
      {countOf(judged, "memory", "memories")} and raised {raised}; {waiting} wait.{rest} It can never lower a level.
    </>
  );
}

/** The person's own word: whether anything of theirs may be sent. */
function Own({ choice }: { readonly choice: WireProvider["choice"] }): ReactNode {
  const [choose, { error, isLoading }] = providerApi.useChooseProviderMutation();
  return (
    <Section title="Yours">
      <div data-testid="provider-choice">
        <OnOff
          label="May be sent"
          isOn={choice.allowed}
          isDisabled={isLoading}
          onChange={(allowed) => void choose(allowed)}
        />
        <p className="mt-1 max-w-measure text-muted" aria-live="polite">
          {choice.allowed
            ? "What you tell, search and ask may go to the providers below, up to the levels that are set. Switched off, none of it goes to any."
            : "Nothing of yours is sent to any provider: your answers are quoted, your levels are decided by rules, your searches go by words. What a provider was sent before it may have kept."}
        </p>
        {error !== undefined && <ProblemNote problem={error} />}
      </div>
    </Section>
  );
}

function TestButton(): ReactNode {
  const [test, { data, error, isLoading }] = providerApi.useTestProviderMutation();
  return (
    <div className="mt-3" aria-live="polite">
      <Button onPress={() => void test()} isDisabled={isLoading}>
        {isLoading ? "Asking…" : "Test"}
      </Button>
      {error !== undefined && <ProblemNote problem={error} />}
      {data !== undefined && !isLoading && (
        <p className={data.ok ? "mt-2" : "mt-2 text-danger"} data-testid="provider-test">
          {data.text}. {formatDuration(data.took_ms)}, <Name text={data.model} />
        </p>
      )}
    </div>
  );
}

function Writer({ writer }: { readonly writer: WireWriter }): ReactNode {
  const runsServer = useRunsServer();
  const { host, model, problem, state } = writer;
  return (
    <>
      <Section title="Answers and levels">
        <dl>
          <Fact label="Model">
            <Name text={model} /> at <bdi className="break-all">{host}</bdi>
          </Fact>
          <Fact label="State">
            <span className={state === "ready" ? "" : "text-danger"}>{STATES[state]}</span>
            {problem !== null && <span className="block text-muted">{PROBLEMS[problem] ?? problem}.</span>}
          </Fact>
          <Fact label="Answers">
            {writer.writes
              ? "It writes them from quoted passages, and your day from its lines. A sentence that these do not bear out is dropped."
              : "It writes none."}
          </Fact>
          <Fact label="Levels">
            <Judged writer={writer} />
          </Fact>
        </dl>
        {runsServer && <TestButton />}
      </Section>
      <Costs writer={writer} />
    </>
  );
}

/** What is sent to which AI provider, and what it costs. */
export function Provider(): ReactNode {
  const { data, error, refetch } = providerApi.useProviderQuery(undefined, { pollingInterval: POLL_MS });
  return (
    <Page title="AI provider" actions={<ButtonLink href="/settings">Back to Me</ButtonLink>}>
      {error !== undefined && data === undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {data === undefined && error === undefined && <Loading what="Reading" />}
      {data !== undefined && (
        <>
          {(data.writer !== null || data.meaning !== null || !data.choice.allowed) && <Own choice={data.choice} />}
          {data.writer === null ? (
            <p className="max-w-measure text-muted">
              No provider is set up that writes answers or judges levels: answers are quoted, levels are decided by
              rules. Whoever keeps this server sets one with KAELIX_AI_URL and KAELIX_AI_MODEL.
            </p>
          ) : (
            <Writer writer={data.writer} />
          )}
          <Section title="What leaves this server">
            <SentRows provider={data} />
            <p className="mt-2 max-w-measure text-13 text-muted">
              Secret and ultra-secret memories are never sent. Up to which level others are, whoever keeps this server
              decides when it is started: KAELIX_AI_LEVEL_MAX and KAELIX_EMBED_LEVEL_MAX, 1 or 2.
            </p>
          </Section>
        </>
      )}
    </Page>
  );
}
