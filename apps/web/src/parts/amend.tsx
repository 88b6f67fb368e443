/** What to do about a wrong answer, at the memories it was quoted from: correct one, forget it, or have it recalled no more. */
import { type ReactNode, useState } from "react";

import { formatMoment, sayerOf } from "../core/format.ts";
import type { Problem } from "../core/problem-words.ts";
import { excerptOf } from "../core/text-parts.ts";
import { notify } from "../data/actions.ts";
import { api } from "../data/api.ts";
import { useAppDispatch } from "../data/store.ts";
import type { WireCitation, WireMemory } from "../data/wire.ts";
import { Button, Name, problemFrom, ProblemNote, TextLink } from "./basics.tsx";
import { WordsField } from "./words-field.tsx";

const EXCERPT_LENGTH = 160;

/** Who said what is cited. */
export function speakerOf({ memory }: WireCitation): ReactNode {
  return <Name text={sayerOf(memory)} />;
}

interface CorrectionProps {
  readonly memory: WireMemory;
  readonly isBusy: boolean;
  readonly onSave: (text: string) => void;
  readonly onCancel: () => void;
}

function Correction({ memory, isBusy, onCancel, onSave }: CorrectionProps): ReactNode {
  const [text, setText] = useState(memory.text);
  const isUnchanged = text.trim() === "" || text === memory.text;
  return (
    <form onSubmit={(event) => (event.preventDefault(), onSave(text))} className="mt-2 flex flex-col gap-2">
      <WordsField
        label="What the memory should say"
        value={text}
        onChange={setText}
        onCancel={onCancel}
        className="min-h-20"
      />
      <p className="flex flex-wrap gap-2">
        <Button look="primary" type="submit" isDisabled={isBusy || isUnchanged}>
          Save and ask again
        </Button>
        <Button look="quiet" onPress={onCancel}>
          Cancel
        </Button>
      </p>
    </form>
  );
}

interface SourceProps {
  readonly citation: WireCitation;
  readonly onAmended: () => void;
}

interface Amending {
  readonly isBusy: boolean;
  readonly problem: Problem | null;
  readonly correct: (text: string) => Promise<void>;
  readonly forget: () => Promise<void>;
  readonly recallNoMore: () => Promise<void>;
}

function useAmending({ id, version }: WireMemory, onAmended: () => void): Amending {
  const dispatch = useAppDispatch();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [edit, editing] = api.useEditMemoryMutation();
  const [forget, forgetting] = api.useForgetMemoryMutation();
  const [decideRecall, deciding] = api.useDecideRecallMutation();
  const settle = (error: Parameters<typeof problemFrom>[0] | undefined, done: Parameters<typeof notify>): void => {
    setProblem(error === undefined ? null : problemFrom(error));
    if (error !== undefined) return;
    dispatch(notify(...done));
    onAmended();
  };
  return {
    isBusy: editing.isLoading || forgetting.isLoading || deciding.isLoading,
    problem,
    correct: async (text) => {
      settle((await edit({ id, version, text })).error, ["Corrected, and asked again."]);
    },
    forget: async () => {
      settle((await forget({ id, version })).error, ["Forgotten.", { type: "forgotten", memory: id, version }]);
    },
    recallNoMore: async () => {
      const { error } = await decideRecall({ id, version, never: true });
      settle(error, ["Never recalled from now on.", { type: "never-recalled", memory: id, version }]);
    },
  };
}

/** One source, and what its owner can do about it. */
function Source({ citation, onAmended }: SourceProps): ReactNode {
  const { memory, number } = citation;
  const [isCorrecting, setCorrecting] = useState(false);
  const { correct, forget, isBusy, problem, recallNoMore } = useAmending(memory, onAmended);
  return (
    <li className="py-2" data-testid="amend-source">
      <p>
        <TextLink href={`/memories/${memory.id}`}>
          [{number}] {speakerOf(citation)}, {formatMoment(memory.occurred_at)}
        </TextLink>{" "}
        <bdi dir="auto" className="text-muted">
          {excerptOf(memory.text, [], EXCERPT_LENGTH).text}
        </bdi>
      </p>
      {memory.shared !== undefined && (
        <p className="text-muted">
          <Name text={memory.shared.by.name} /> shared it: only they can change it.
        </p>
      )}
      {memory.shared === undefined && !isCorrecting && (
        <p role="group" aria-label={`Source ${number}`} className="mt-1 flex flex-wrap gap-1">
          <Button icon="edit" className="text-13" isDisabled={isBusy} onPress={() => setCorrecting(true)}>
            Correct
          </Button>
          <Button icon="eye" className="text-13" isDisabled={isBusy} onPress={() => void recallNoMore()}>
            Never recall
          </Button>
          <Button
            look="quiet-danger"
            icon="forget"
            className="text-13"
            isDisabled={isBusy}
            onPress={() => void forget()}
          >
            Forget
          </Button>
        </p>
      )}
      {isCorrecting && (
        <Correction
          memory={memory}
          isBusy={isBusy}
          onSave={(text) => void correct(text)}
          onCancel={() => setCorrecting(false)}
        />
      )}
      {problem !== null && <ProblemNote problem={problem} safe="Nothing was changed" />}
    </li>
  );
}

/** The sources of an answer that is wrong; `onAmended` when one of them was changed. */
export function Amend({
  citations,
  onAmended,
}: {
  readonly citations: readonly WireCitation[];
  readonly onAmended: () => void;
}): ReactNode {
  return (
    <div className="mt-2 border-t border-line pt-3 text-13" data-testid="amend">
      <p className="text-muted">
        The words come from your memories. Correct or forget the one that is wrong, or keep it and have it recalled no
        more; then the question is asked again.
      </p>
      <ul className="mt-1 divide-y divide-line">
        {citations.map((citation) => (
          <Source key={citation.memory.id} citation={citation} onAmended={onAmended} />
        ))}
      </ul>
    </div>
  );
}
