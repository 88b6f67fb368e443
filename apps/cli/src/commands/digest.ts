import { systemZone } from "@kaelix/base";
import type { CallOutput, Routes } from "@kaelix/contract";
import { DIGEST_TITLES } from "@kaelix/contract/digest-titles";

import { type CommonOptions, connect } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { memoriesText, printJson, say } from "../output.ts";
import { NOT_WRITTEN } from "./not-written.ts";

/** Options of `digest`. */
export interface DigestOptions extends CommonOptions {
  readonly zone?: string;
  readonly import?: string;
  /** True: no provider is asked for sentences. */
  readonly lines?: boolean;
}

/** `kaelix digest [DAY]`: what came in, what is open, what is ahead. */
export async function digest(day: string | undefined, options: DigestOptions): Promise<number> {
  if (day !== undefined && day !== "today" && !/^\d{4}-\d{2}-\d{2}$/.test(day)) {
    throw new CommandFailure(
      EXIT.usage,
      `Cannot use day: current value is ${day}, must be today or a day as in 2026-11-21`,
    );
  }
  const connection = await connect(options);
  try {
    const asked = {
      params: { day: day ?? "today" },
      query: {
        zone: options.zone ?? systemZone(),
        ...(options.import === undefined ? {} : { import: options.import }),
      },
    };
    const { data } = await connection.client.call("digests.read", asked);
    const isWritten = data.writes && options.lines !== true;
    const prose = isWritten ? (await connection.client.call("digests.write", asked)).data : undefined;
    if (options.json !== undefined) {
      printJson(prose === undefined ? data : { ...data, prose }, options.json);
      return EXIT.ok;
    }
    if (prose !== undefined) printProse(prose, options);
    for (const { kind, lines, more } of data.sections) {
      process.stdout.write(`${DIGEST_TITLES[kind]}\n`);
      for (const line of lines) {
        const [first] = line.evidence;
        const isQuoted = kind === "on-this-day" || kind === "promises" || kind === "dates-ahead";
        const quote =
          kind === "on-this-day" && first !== undefined ? `: ${first.memory.text.slice(...first.range)}` : "";
        const who = isQuoted && first !== undefined ? ` (${whoSaid(first.memory)}, ${first.memory.id})` : "";
        process.stdout.write(`  ${line.day === null ? "" : `${line.day}  `}${oneLine(line.text + quote)}${who}\n`);
      }
      if (more > 0) process.stdout.write(`  and ${more} more\n`);
    }
    const nothing = data.sections.length === 0 ? "Nothing to tell · " : "";
    say(`${nothing}${data.day} · ${memoriesText(data.memories)} · ${data.took_ms.toFixed(0)} ms`, options);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

function printProse(prose: CallOutput<Routes["digests.write"]>, options: DigestOptions): void {
  for (const { memories, text } of prose.sentences) process.stdout.write(`${oneLine(text)} (${memories.join(", ")})\n`);
  if (prose.sentences.length > 0) process.stdout.write("\n");
  if (prose.written_by !== null) say(`Written by ${prose.written_by} from the lines below`, options);
  if (prose.not_written !== null) say(`Lines alone: ${NOT_WRITTEN[prose.not_written]}`, options);
}

function whoSaid(memory: {
  readonly speaker: string | null;
  readonly conversation: { readonly title: string | null } | null;
}): string {
  const title = memory.conversation?.title;
  const who = memory.speaker ?? "you";
  return title === undefined || title === null || title === who ? who : `${who} in ${title}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/gu, " ");
}
