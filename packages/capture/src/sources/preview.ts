/** What an import would bring, before anything is stored: one streaming pass, bounded memory. */
import { systemZone } from "@kaelix/base";

import { openContainer } from "./container.ts";
import { prepareSource, recognise, type Recognised } from "./detect.ts";
import { sourceErrors } from "./errors.ts";
import { formatRecordTime } from "./local-time.ts";
import type {
  ImportAnswers,
  ImportInput,
  ImportPreview,
  ImportProblem,
  ImportQuestion,
  ImportSample,
  PreparedSource,
  ReadOptions,
  RecordTime,
  SourceItem,
} from "./types.ts";
import { normaliseChatName } from "./whatsapp/chat-key.ts";
import { looksCut } from "./whatsapp/chat.ts";

const SAMPLE_DEFAULT = 20;
/** The most `all` gives, so that a preview of a huge file stays in memory. */
const SAMPLE_MAX = 100_000;
const PROBLEMS_MAX = 100;
const PEOPLE_MAX = 20_000;
const ME_OPTIONS_MAX = 100;

/** How a preview is made. */
export interface PreviewOptions extends ReadOptions {
  /** How many records to show, from the first; `all`: at most 100,000. Default 20. */
  readonly sample?: number | "all";
  readonly answers?: ImportAnswers;
  /** The caller's own zone, suggested for local times. Default: this machine's. */
  readonly zone?: string;
}

/**
 * Previews an import.
 * @throws KaelixError `import-unknown-format`, `import-zone-unknown`, and the codes of `openContainer`
 */
export async function preview(input: ImportInput, options: PreviewOptions = {}): Promise<ImportPreview> {
  const container = await openContainer(input, options.limits);
  try {
    const recognised = await recognise(container, options.signal);
    if (recognised === undefined) throw sourceErrors("import-unknown-format");
    const zone = options.zone ?? systemZone();
    const answers = options.answers ?? {};
    const prepared = await prepareSource(recognised, {
      answers,
      zone,
      fileName: input.fileName,
      files: container.files,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const wanted = options.sample ?? SAMPLE_DEFAULT;
    const tally = new PreviewTally(wanted === "all" ? SAMPLE_MAX : Math.min(wanted, SAMPLE_MAX));
    for await (const item of prepared.items(options)) tally.add(item);
    for (const item of unreadChats(recognised)) tally.add(item);
    return tally.summarise(recognised, prepared, { answers, zone });
  } finally {
    await container.close();
  }
}

/** An archive may hold more than one chat; one is read, the others are named. */
export function unreadChats(recognised: Recognised): SourceItem[] {
  if (recognised.detection.format !== "whatsapp") return [];
  const why = "This is another chat of the archive and is not read; import it by itself";
  return recognised.sources
    .slice(1)
    .map((source) => ({ type: "problem", line: 0, text: source.name.slice(0, 200), why }));
}

interface Moment {
  readonly key: number;
  readonly time: RecordTime;
}

class PreviewTally {
  readonly #sampleMax: number;
  readonly #people = new Map<string, number>();
  readonly #sample: ImportSample[] = [];
  readonly #problems: ImportProblem[] = [];
  readonly #skipped = { system: 0, deleted: 0, empty: 0 };
  #problemCount = 0;
  #total = 0;
  readonly #files = { kept: 0, missing: 0 };
  #hasLocalTimes = false;
  #first: Moment | undefined;
  #last: Moment | undefined;

  constructor(sampleMax: number) {
    this.#sampleMax = sampleMax;
  }

  add(item: SourceItem): void {
    if (item.type === "skipped") {
      this.#skipped[item.what]++;
      return;
    }
    if (item.type === "problem") {
      this.#problemCount++;
      const { line, text, why } = item;
      if (this.#problems.length < PROBLEMS_MAX) this.#problems.push({ line, text, why });
      return;
    }
    this.#total++;
    const { draft, from, hasMedia, time } = item;
    const files = draft.files?.length ?? 0;
    this.#files.kept += files;
    if (hasMedia && files === 0) this.#files.missing++;
    if (from !== undefined) {
      const messages = this.#people.get(from);
      if (messages !== undefined || this.#people.size < PEOPLE_MAX) this.#people.set(from, (messages ?? 0) + 1);
    }
    if (time !== undefined) this.#addTime(time);
    if (this.#sample.length < this.#sampleMax) {
      const at = time === undefined ? null : formatRecordTime(time);
      this.#sample.push({ at, from: from ?? null, text: draft.text });
    }
  }

  #addTime(time: RecordTime): void {
    if (time.type === "local") this.#hasLocalTimes = true;
    const key = time.type === "local" ? time.localMs : time.atMs;
    if (this.#first === undefined || key < this.#first.key) this.#first = { key, time };
    if (this.#last === undefined || key > this.#last.key) this.#last = { key, time };
  }

  summarise(
    recognised: Recognised,
    prepared: PreparedSource,
    asked: { readonly answers: ImportAnswers; readonly zone: string },
  ): ImportPreview {
    const people = [...this.#people]
      .map(([name, messages]) => ({ name, messages }))
      .sort((left, right) => right.messages - left.messages || (left.name < right.name ? -1 : 1));
    const { format, confidence, why } = recognised.detection;
    const questions: ImportQuestion[] = [];
    const me = askMe(people, prepared.title, asked.answers);
    if (me !== undefined) questions.push(me);
    if (prepared.dateQuestion !== undefined) questions.push(prepared.dateQuestion);
    const needsZone = this.#hasLocalTimes || format === "whatsapp";
    if (needsZone && asked.answers.zone === undefined) questions.push(askZone(asked.zone));
    const written = this.#total + this.#skipped.deleted;
    return {
      format,
      confidence,
      why,
      total: this.#total,
      people,
      first: this.#first === undefined ? null : formatRecordTime(this.#first.time),
      last: this.#last === undefined ? null : formatRecordTime(this.#last.time),
      sample: this.#sample,
      problems: this.#problems,
      problemCount: this.#problemCount,
      questions,
      bytes: prepared.bytes,
      files: { ...this.#files },
      skipped: { ...this.#skipped },
      truncatedSuspected:
        format === "whatsapp" &&
        [this.#total, written, written + this.#skipped.system].some((messages) => looksCut(messages)),
    };
  }
}

function askMe(
  people: readonly { readonly name: string }[],
  title: string | undefined,
  answers: ImportAnswers,
): ImportQuestion | undefined {
  if (people.length === 0 || people.some((person) => person.name === answers.me)) return undefined;
  const others = people.filter(
    ({ name }) => title === undefined || normaliseChatName(name) !== normaliseChatName(title),
  );
  const suggested = people.length === 2 && others.length === 1 ? (others[0]?.name ?? null) : null;
  const options = people.slice(0, ME_OPTIONS_MAX).map((person) => person.name);
  return { id: "me", text: "Which one is you?", options, suggested };
}

function askZone(zone: string): ImportQuestion {
  const text = "The file says when, but not in which time zone. In which zone was the phone or computer?";
  return { id: "zone", text, options: [], suggested: zone };
}

/** Exactly what `kaelix import preview --json` prints. */
export interface ImportPreviewJson {
  readonly format: ImportPreview["format"];
  readonly confidence: number;
  readonly total: number;
  readonly people: ImportPreview["people"];
  readonly first: string | null;
  readonly last: string | null;
  readonly sample: readonly ImportSample[];
  readonly problems: readonly ImportProblem[];
  readonly questions: readonly ImportQuestion[];
  readonly files: ImportPreview["files"];
  readonly cut_suspected: boolean;
}

/** The preview in the shape of `kaelix import preview --json`. */
export function previewJson(found: ImportPreview): ImportPreviewJson {
  const { format, confidence, total, people, first, last, sample, problems, questions, files } = found;
  const cut = { cut_suspected: found.truncatedSuspected };
  return { format, confidence, total, people, first, last, sample, problems, questions, files, ...cut };
}
