/**
 * A day in sentences of an AI provider, over the lines that rules made.
 *
 * Guarantees: lines that stand on memories above what may be sent are not sent, nothing is of who wants nothing of theirs sent; every
 * sentence cites lines that were sent, and what of it does not stand in them drops it; whatever the provider does there is an outcome within
 * `PROSE_MS_MAX`, and the lines stand without it. It does not: keep anything; the same lines are answered again from the client's memory.
 */
import { isKaelixError } from "@kaelix/base";
import type { DayProse } from "@kaelix/gateway";
import type { Level, UserId } from "@kaelix/model";
import { type DayLine, dayLines, dayPrompt, type Digest, LineReader } from "@kaelix/recall";

import type { HouseProvider } from "./house-provider.ts";
import { reasonOf } from "./provider-application.ts";

/** Days that are being written at the same time; who comes then is told in lines. */
const WRITING_MAX = 4;
const PROSE_TOKENS = 700;
const PROSE_MS_MAX = 20_000;

/** What is to be written. */
export interface DayToWrite {
  readonly user: UserId;
  /** As it is shown. */
  readonly digest: Digest;
  /** The highest level that `digest` was made of. */
  readonly ceiling: Level;
  /** The same day made of memories up to a level. */
  readonly upTo: (level: Level) => Promise<Digest | undefined>;
  /** Somebody waits for it. */
  readonly isUrgent: boolean;
  readonly signal?: AbortSignal;
}

/** Writes days. */
export interface DayWriter {
  /** False for who wants nothing of theirs sent. */
  writesFor(user: UserId): boolean;
  /** Never throws for what a provider does. */
  write(day: DayToWrite): Promise<DayProse>;
}

const LINES_ALONE: DayProse = { sentences: [] };

/** Who writes days; undefined where nobody does. */
export function dayWriter(
  provider: Pick<HouseProvider, "chatFor" | "levelMax" | "who" | "writes"> | undefined,
  msMax = PROSE_MS_MAX,
): DayWriter | undefined {
  if (provider?.writes !== true) return undefined;
  let writing = 0;
  return {
    writesFor: (user) => provider.chatFor(user) !== undefined,
    async write({ ceiling, digest, isUrgent, signal, upTo, user }) {
      const chat = provider.chatFor(user);
      if (chat === undefined || digest.sections.length === 0) return LINES_ALONE;
      const sent = ceiling <= provider.levelMax ? digest : await upTo(provider.levelMax);
      const lines = sent === undefined ? [] : dayLines(digest, sent);
      if (lines.length === 0) return { ...LINES_ALONE, notWritten: "withheld" };
      if (writing >= WRITING_MAX) return { ...LINES_ALONE, notWritten: "down" };
      writing += 1;
      const late = AbortSignal.timeout(msMax);
      const within = signal === undefined ? late : AbortSignal.any([signal, late]);
      try {
        const { system, user: shown } = dayPrompt(digest.day, lines);
        const messages = [
          { role: "system", content: system },
          { role: "user", content: shown },
        ] as const;
        const asked = { messages, tokensMax: PROSE_TOKENS, signal: within, isUrgent, onText: () => undefined };
        // Somebody waits: once more at once. In the background it is asked again after a while by itself.
        const text = await chat.text(asked).catch((error: unknown) => {
          if (!isUrgent || within.aborted || !isKaelixError(error) || !error.retry || error.kind !== "upstream")
            throw error;
          return chat.text(asked);
        });
        const sentences = sentencesOf(text, lines);
        if (sentences.length === 0) return { ...LINES_ALONE, notWritten: "unsupported" };
        return { sentences, writtenBy: provider.who };
      } catch (error) {
        if (provider.chatFor(user) === undefined) return LINES_ALONE;
        return { ...LINES_ALONE, notWritten: late.aborted ? "late" : reasonOf(error) };
      } finally {
        writing -= 1;
      }
    },
  };
}

/** What stands of it, each sentence with the lines it cites and the memories that these stand on. */
function sentencesOf(text: string, lines: readonly DayLine[]): DayProse["sentences"] {
  const reader = new LineReader(
    lines.map(({ passage }) => passage),
    () => undefined,
  );
  reader.push(text);
  return reader.end().map(({ citations, text: said }) => {
    const cited = lines.filter(({ passage }) => citations.includes(passage.number));
    return {
      text: said,
      lines: cited.map(({ line }) => line.key),
      memories: [...new Set(cited.flatMap(({ memories }) => memories))],
    };
  });
}
