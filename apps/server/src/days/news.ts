/** What is told of a day, as it leaves the house: lines that stand on memories up to a level, never above what is indexed. */
import { DIGEST_TITLES } from "@kaelix/contract/digest-titles";
import type { DayProse } from "@kaelix/gateway";
import { Calendar, type Digest, type DigestKind, formatDay } from "@kaelix/recall";

import type { Announced } from "../retention/retention.ts";

/** One line. Days are `YYYY-MM-DD`. */
interface NewsLine {
  readonly text: string;
  readonly day: string | null;
  readonly memories: readonly string[];
}

/** A day's news. */
export interface DayNews {
  /** The same for the same person and day, whoever asks and however often it is sent. */
  readonly id: string;
  readonly day: string;
  readonly zone: string;
  /** Sentences of an AI provider over the lines below, each with what it stands on; empty: nobody wrote any. */
  readonly prose: readonly { readonly text: string; readonly memories: readonly string[] }[];
  readonly writtenBy: string | null;
  /** How many memories reach their age and go for good, and on which day; null: none that was announced. */
  readonly leaving: { readonly on: string; readonly total: number } | null;
  readonly sections: readonly {
    readonly kind: DigestKind;
    readonly title: string;
    readonly lines: readonly NewsLine[];
  }[];
}

const LINE_LENGTH_MAX = 300;

/** A digest's lines in words that can be read without opening anything, the same in sentences where somebody wrote them, and what goes by its age. */
export function newsOf(
  id: string,
  { day, sections, zone }: Digest,
  beside: { readonly prose: DayProse | undefined; readonly leaving: Announced | undefined },
): DayNews {
  const { leaving, prose = { sentences: [] } } = beside;
  return {
    id,
    day,
    zone,
    prose: prose.sentences.map(({ memories, text }) => ({ text, memories })),
    writtenBy: prose.writtenBy ?? null,
    leaving:
      leaving === undefined ? null : { on: formatDay(new Calendar(zone).dayOf(leaving.onMs)), total: leaving.total },
    sections: sections.map(({ kind, lines }) => ({
      kind,
      title: DIGEST_TITLES[kind],
      lines: lines.map(({ day: about, evidence, text }) => {
        const [first] = evidence;
        const said = kind === "on-this-day" && first !== undefined ? first.document.text.slice(...first.range) : "";
        const words = `${text}${said === "" ? "" : `: ${said}`}`.replaceAll(/\s+/gu, " ");
        const short = words.length > LINE_LENGTH_MAX ? `${words.slice(0, LINE_LENGTH_MAX)}…` : words;
        return { text: short, day: about ?? null, memories: evidence.map(({ document }) => document.memoryId) };
      }),
    })),
  };
}

/** The news as plain text. `link`: where the house is reached; absent: nobody said. */
export function textOf({ day, leaving, prose, sections, writtenBy }: DayNews, link: string | undefined): string {
  const parts = sections.map(({ lines, title }) =>
    [title, ...lines.map((line) => `- ${line.day === null ? "" : `${line.day}  `}${line.text}`)].join("\n"),
  );
  const told =
    prose.length === 0
      ? []
      : [`${prose.map(({ text }) => text).join(" ")}\n(Written by ${writtenBy ?? "a model"} from what stands below.)`];
  const going = leaving === null ? [] : [leavingText(leaving, link)];
  const nothing = "What there is to tell stands above the level that is sent. Open Kaelix to read it.";
  const end = link === undefined ? [] : [`Read it with its evidence: ${link}/`];
  const stop = "You get this because you asked for it under Me, Your day; there it can be switched off.";
  const said = [...going, ...parts];
  return [`Your day, ${day}`, ...told, ...(said.length === 0 ? [nothing] : said), ...end, stop].join("\n\n") + "\n";
}

function leavingText({ on, total }: NonNullable<DayNews["leaving"]>, link: string | undefined): string {
  const what = total === 1 ? "1 memory reaches its age and goes" : `${total} memories reach their age and go`;
  const where = link === undefined ? "in Kaelix under Me, How long it is kept" : `${link}/settings/retention`;
  return `${what} for good on ${on}. Look, and keep what you like: ${where}`;
}

/** The news as a program is told it. */
export function jsonOf({ day, id, leaving, prose, sections, writtenBy, zone }: DayNews): string {
  return JSON.stringify({ type: "digest.ready", id, day, zone, leaving, sections, prose, written_by: writtenBy });
}
