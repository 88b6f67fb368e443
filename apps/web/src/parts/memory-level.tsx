/** At which level a memory stands and why, and moving it: also across the border of what the server can read. */
import { type ReactNode, useState } from "react";
import { useNavigate } from "react-router";

import { isShown, stopsAt, wordsOf } from "../core/levels.ts";
import type { Problem } from "../core/problem-words.ts";
import type { MemoryBody } from "../core/seal/memory-body.ts";
import { notify } from "../data/actions.ts";
import { api } from "../data/api.ts";
import { problemOf } from "../data/connection.ts";
import { interfaceSlice } from "../data/interface.ts";
import { sealApi } from "../data/seal-api.ts";
import { canSeal, readSeal, sealMemory, unsealMemory } from "../data/sealing.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import type { WireMemory } from "../data/wire.ts";
import { Button, problemFrom, TextLink } from "./basics.tsx";
import { LevelBadge } from "./level.tsx";
import { LevelPicker } from "./level-picker.tsx";
import { Section } from "./page.tsx";
import { SEAL_PATH } from "./seal-words.tsx";

/** What is said of words that do not fit. */
export const TOO_LONG = "Not sealed: it is too long to be sealed as one. Nothing was changed.";

const HAS_FILES = "Not sealed: it has files, and what your browser seals cannot have any. Nothing was changed.";

const DECIDED: Readonly<Record<WireMemory["level_decided_by"], string>> = {
  rule: "a rule decided",
  model: "a model decided",
  person: "you decided",
};

interface LevelPartProps {
  readonly memory: WireMemory;
  /** What is inside, when it was sealed in a browser and is open. */
  readonly opened: MemoryBody | undefined;
  readonly onProblem: (problem: Problem | null) => void;
  /** It was moved to this level, above what is open: it is about to leave the page. */
  readonly onMovedAbove: (level: WireMemory["level"]) => void;
}

interface Moving {
  readonly choose: (level: string) => void;
  readonly seal: () => void;
  /** The level that words are about to be handed over at. */
  readonly handing: WireMemory["level"] | null;
  readonly handOver: () => void;
  readonly leave: () => void;
  readonly isBusy: boolean;
}

function useMoving({ memory, onMovedAbove, onProblem, opened }: LevelPartProps): Moving {
  const dispatch = useAppDispatch();
  const navigate = useNavigate();
  const [move] = api.useMoveMemoryMutation();
  const [handing, setHanding] = useState<WireMemory["level"] | null>(null);
  const [isBusy, setBusy] = useState(false);
  const ceiling = useAppSelector((state) => state.session.user?.open_up_to ?? "general");
  const unlock = (): void => void dispatch(interfaceSlice.actions.overlayChanged("seal"));
  const doing = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    onProblem(null);
    try {
      await work();
    } catch (error) {
      onProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  const seal4 = async (): Promise<void> => {
    const sealing = await sealMemory(memory, dispatch);
    if (sealing.type === "locked") unlock();
    else if (sealing.type === "long") dispatch(notify(TOO_LONG));
    else if (sealing.type === "files") dispatch(notify(HAS_FILES));
    else {
      dispatch(notify("Sealed by you. The server keeps nothing of the words."));
      if (sealing.id !== memory.id) void navigate(`/memories/${sealing.id}`, { replace: true });
    }
  };
  const moveOpenly = async (name: WireMemory["level"], label: string): Promise<void> => {
    const result = await move({ id: memory.id, version: memory.version, level: name });
    if (result.error !== undefined) onProblem(problemFrom(result.error));
    else {
      const isSeen = isShown(name, ceiling);
      if (!isSeen) onMovedAbove(name);
      dispatch(notify(isSeen ? `Moved to ${label}, under a new key.` : `Moved to ${label}. Open the lock to see it.`));
    }
  };
  const choose = (level: string): void => {
    const { label, name } = wordsOf(level);
    if (name === memory.level) return;
    if (memory.sealed !== undefined) {
      if (opened === undefined) unlock();
      else setHanding(name);
    } else {
      void doing(async () => {
        // Asked anew: where there is a passphrase, nothing moves up in clear because its page was slow to hear of it.
        const isSealing = name === "ultra-secret" && canSeal() && (await readSeal()).key_id !== null;
        await (isSealing ? seal4() : moveOpenly(name, label));
      });
    }
  };
  return {
    choose,
    seal: () => void doing(seal4),
    handing,
    handOver: () =>
      void doing(async () => {
        if (handing === null || opened === undefined) return;
        await unsealMemory(memory, { body: opened, level: handing }, dispatch);
        setHanding(null);
        dispatch(notify(`Moved to ${wordsOf(handing).label}. The server can read it now.`));
      }),
    leave: () => setHanding(null),
    isBusy,
  };
}

/** The question before words are handed to the server. */
function HandOver({ level, moving }: { readonly level: string; readonly moving: Moving }): ReactNode {
  return (
    <div
      role="alert"
      className="mt-2 max-w-measure rounded-card border border-border bg-surface px-4 py-3"
      data-testid="hand-over"
    >
      <p>
        Only you can read this now. At {wordsOf(level).label} your browser opens it and hands the words to the server,
        which
        {isShown(level, "confidential") ? " indexes them and" : ""} keeps them under its own keys. That cannot be taken
        back: what was read was read.
      </p>
      <p className="mt-2 flex flex-wrap gap-2">
        <Button look="danger" isDisabled={moving.isBusy} onPress={moving.handOver} data-testid="hand-over-button">
          Hand it to the server
        </Button>
        <Button onPress={moving.leave}>Leave it sealed</Button>
      </p>
    </div>
  );
}

/** What stands at level 4 and was read by the server: what that means, and the way to mend it. */
function ReadByServer({ moving }: { readonly moving: Moving }): ReactNode {
  const { data: seal } = sealApi.useSealQuery();
  if (seal === undefined || !canSeal()) return null;
  return (
    <div className="mt-2 max-w-measure rounded-card border border-border bg-surface px-4 py-3">
      <p>
        The server has read this: it was told in clear, and stands at Ultra-secret under a key of the server. Sealed by
        you, only your passphrase opens it from then on: it is told anew, sealed, and this one is forgotten.
      </p>
      <p className="mt-2">
        {seal.key_id === null ? (
          <TextLink href={SEAL_PATH}>Choose a passphrase first</TextLink>
        ) : (
          <Button isDisabled={moving.isBusy} onPress={moving.seal} data-testid="seal-it">
            Seal it with your passphrase
          </Button>
        )}
      </p>
    </div>
  );
}

/** At which level it stands, who decided, why, and the way to another. */
export function LevelPart(props: LevelPartProps): ReactNode {
  const { memory } = props;
  const moving = useMoving(props);
  const isSealed = memory.sealed !== undefined;
  const stops = isSealed ? undefined : stopsAt(memory.level);
  return (
    <Section title="Level">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <LevelBadge level={memory.level} pips />
        <span className="text-13 text-muted">
          {isSealed ? "sealed by you, chosen by you" : DECIDED[memory.level_decided_by]}
          {memory.level_decided_by === "person" ? "" : `, sure to ${Math.round(memory.confidence * 100)} %`}
        </span>
        <span data-testid="move-level">
          <LevelPicker isFixed label="Move" value={memory.level} onChange={moving.choose} />
        </span>
      </div>
      {memory.reasons.length > 0 && (
        <ul className="mt-1 text-13 text-muted">
          {memory.reasons.map((reason) => (
            <li key={reason.rule}>
              {reason.text} <span className="font-mono text-12">({reason.rule})</span>
            </li>
          ))}
        </ul>
      )}
      {isSealed && (
        <p className="mt-1 max-w-measure text-13 text-muted">
          The server keeps it and cannot read it: no search, digest or answer of the server knows it. You find it under
          Search, among what you sealed.
        </p>
      )}
      {stops !== undefined && <p className="mt-1 max-w-measure text-13 text-muted">{stops}</p>}
      {moving.handing !== null && <HandOver level={moving.handing} moving={moving} />}
      {!isSealed && memory.level === "ultra-secret" && <ReadByServer moving={moving} />}
    </Section>
  );
}
