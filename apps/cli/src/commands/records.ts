import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

import { joinKafkaGroup, type Log, type StoredRecord } from "@kaelix/log";

import { brokerPlace, type BrokerOptions, withLog, withProducer } from "../broker-connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { ProgressBar, say } from "../output.ts";
import { timeOf } from "../time.ts";
import { wholeNumber } from "./topics.ts";

const BATCH_RECORDS = 1000;
const BATCH_BYTES = 512 * 1024;
const CODECS = ["none", "gzip", "snappy", "lz4", "zstd"] as const;
const GROUP_BATCH = 500;

/** Options of `produce`. */
interface ProduceOptions extends BrokerOptions {
  readonly key?: string;
  readonly keySeparator?: string;
  readonly header?: readonly string[];
  readonly partition?: string;
  readonly compress?: string;
  readonly acks?: string;
  readonly file?: string;
  readonly whole?: boolean;
  readonly null?: boolean;
}

interface Outgoing {
  readonly topic: string;
  /** Absent: a deletion on a compacted topic. */
  readonly value?: Buffer;
  readonly key?: Buffer;
  readonly partition?: number;
  readonly headers?: Map<Buffer, Buffer>;
}

/** `kaelix produce TOPIC`: a record per line of standard input or a file. */
export async function produce(topic: string, options: ProduceOptions): Promise<number> {
  const compression = CODECS.find((codec) => codec === (options.compress ?? "none"));
  if (compression === undefined)
    throw new CommandFailure(EXIT.usage, `Cannot use --compress: must be one of ${CODECS.join(", ")}`);
  const acks = { "0": 0, "1": 1, all: -1 }[options.acks ?? "all"];
  if (acks === undefined) throw new CommandFailure(EXIT.usage, "Cannot use --acks: must be 0, 1 or all");
  const bar = new ProgressBar("produce", options);
  let sent = 0;
  await withProducer(options, async (producer) => {
    for await (const messages of batches(outgoing(topic, options))) {
      await producer.send({ messages, acks, compression });
      sent += messages.length;
      bar.show(0, `${sent} records`);
    }
  });
  if (options.json !== undefined) process.stdout.write(`${JSON.stringify({ topic, records: sent })}\n`);
  bar.end(`${sent} ${sent === 1 ? "record" : "records"} to ${topic}`);
  return EXIT.ok;
}

async function* outgoing(topic: string, options: ProduceOptions): AsyncGenerator<Outgoing, void, undefined> {
  const input = options.file === undefined ? process.stdin : createReadStream(options.file);
  const headers = headersOf(options.header ?? []);
  const shared = {
    topic,
    ...(options.partition === undefined ? {} : { partition: wholeNumber("--partition", options.partition) }),
    ...(headers === undefined ? {} : { headers }),
  };
  const fixedKey = options.key === undefined ? {} : { key: Buffer.from(options.key) };
  if (options.whole === true) {
    const chunks: Buffer[] = [];
    for await (const chunk of input) chunks.push(Buffer.from(chunk as Uint8Array));
    yield { ...shared, ...fixedKey, ...valueOf(Buffer.concat(chunks), options) };
    return;
  }
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    const at = options.keySeparator === undefined ? -1 : line.indexOf(options.keySeparator);
    if (at < 0 || options.keySeparator === undefined)
      yield { ...shared, ...fixedKey, ...valueOf(Buffer.from(line), options) };
    else {
      const value = Buffer.from(line.slice(at + options.keySeparator.length));
      yield { ...shared, key: Buffer.from(line.slice(0, at)), ...valueOf(value, options) };
    }
  }
}

function valueOf(value: Buffer, options: ProduceOptions): { readonly value?: Buffer } {
  return options.null === true && value.length === 0 ? {} : { value };
}

function headersOf(given: readonly string[]): Map<Buffer, Buffer> | undefined {
  if (given.length === 0) return undefined;
  return new Map(
    given.map((text) => {
      const at = text.indexOf("=");
      if (at < 1) throw new CommandFailure(EXIT.usage, `Cannot use header "${text}": it must be written as name=value`);
      return [Buffer.from(text.slice(0, at)), Buffer.from(text.slice(at + 1))];
    }),
  );
}

async function* batches(records: AsyncIterable<Outgoing>): AsyncGenerator<Outgoing[], void, undefined> {
  let batch: Outgoing[] = [];
  let bytes = 0;
  for await (const record of records) {
    batch.push(record);
    bytes += (record.value?.length ?? 0) + (record.key?.length ?? 0);
    if (batch.length < BATCH_RECORDS && bytes < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

/** Options of `consume`. */
interface ConsumeOptions extends BrokerOptions {
  readonly from: string;
  readonly to?: string;
  readonly partition?: string;
  readonly count?: string;
  readonly follow?: boolean;
  readonly format?: string;
  readonly group?: string;
}

interface Shown extends StoredRecord {
  readonly topic: string;
  readonly partition: number;
}

/** `kaelix consume TOPIC`: prints records; to the end that was there when it began, or on for ever. */
export async function consume(topic: string, options: ConsumeOptions): Promise<number> {
  const countMax = options.count === undefined ? Number.POSITIVE_INFINITY : wholeNumber("--count", options.count);
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  let shown = 0;
  /** False once enough was shown. */
  const show = (record: Shown): boolean => {
    if (shown >= countMax) return false;
    process.stdout.write(options.json === undefined ? formatted(record, options.format ?? "%v\n") : jsonLine(record));
    shown += 1;
    if (shown >= countMax) stop.abort();
    return shown < countMax;
  };
  if (options.group !== undefined && options.to !== undefined)
    throw new CommandFailure(EXIT.usage, "Cannot use --to with --group: a group reads on until --count");
  if (options.group === undefined)
    await withLog(options, (log) => consumeLog(log, { topic, options, stop: stop.signal, show }));
  else await consumeGroup(options.group, { topic, options, stop: stop.signal, show });
  process.off("SIGINT", interrupt);
  process.off("SIGTERM", interrupt);
  say(`${shown} ${shown === 1 ? "record" : "records"}`, options);
  return EXIT.ok;
}

interface Consumption {
  readonly topic: string;
  readonly options: ConsumeOptions;
  readonly stop: AbortSignal;
  readonly show: (record: Shown) => boolean;
}

async function consumeLog(log: Log, consumption: Consumption): Promise<void> {
  const { options, topic } = consumption;
  const described = (await log.topics()).find(({ name }) => name === topic);
  if (described === undefined) throw new CommandFailure(EXIT.missing, `There is no topic ${topic}`);
  const partitions =
    options.partition === undefined
      ? Array.from({ length: described.partitions }, (_, at) => at)
      : [wholeNumber("--partition", options.partition)];
  await Promise.all(partitions.map((partition) => consumePartition(log, partition, consumption)));
}

async function consumePartition(
  log: Log,
  partition: number,
  { options, show, stop, topic }: Consumption,
): Promise<void> {
  const bounds = await log.bounds(topic, partition);
  const from = await offsetOf(log, { topic, partition, where: options.from, ...bounds });
  const end = await endOf(log, partition, { options, topic, ...bounds });
  if (from >= end) return;
  for await (const batch of log.subscribe(topic, partition, from, { signal: stop, visibility: "accepted" })) {
    for (const record of batch.records) {
      if (record.offset >= end) return;
      if (!show({ ...record, topic, partition })) return;
    }
    if (batch.nextOffset >= end) return;
  }
}

interface EndRequest {
  readonly options: ConsumeOptions;
  readonly topic: string;
  readonly startOffset: number;
  readonly endOffset: number;
}

/** Where reading ends: what was asked, else what there is now, else nowhere. */
async function endOf(log: Log, partition: number, { options, topic, ...bounds }: EndRequest): Promise<number> {
  const { follow, to } = options;
  if (to === undefined) return follow === true ? Number.POSITIVE_INFINITY : bounds.endOffset;
  // An offset that is still to come is waited for where asked to.
  if (follow === true && /^\d+$/.test(to)) return Number(to);
  return offsetOf(log, { topic, partition, where: to, ...bounds });
}

interface PlaceRequest {
  readonly topic: string;
  readonly partition: number;
  readonly where: string;
  readonly startOffset: number;
  readonly endOffset: number;
}

/** The offset that is meant by `beginning`, `end`, an offset, `-N` (before the last N), or a time. */
export async function offsetOf(log: Log, request: PlaceRequest): Promise<number> {
  const { endOffset, partition, startOffset, topic, where } = request;
  if (where === "beginning") return startOffset;
  if (where === "end") return endOffset;
  if (/^\d+$/.test(where)) return Math.min(Math.max(Number(where), startOffset), endOffset);
  if (/^-\d+$/.test(where)) return Math.max(endOffset + Number(where), startOffset);
  return log.seekToTime(topic, partition, Date.parse(timeOf(where)));
}

async function consumeGroup(group: string, { options, show, stop, topic }: Consumption): Promise<void> {
  const from = options.from === "end" ? "latest" : "earliest";
  const member = await joinKafkaGroup(brokerPlace(options), {
    group,
    topics: [topic],
    from,
    fetchedRecordsMax: GROUP_BATCH,
  });
  try {
    while (!stop.aborted) {
      const records = await member.next(GROUP_BATCH, stop);
      const taken: (typeof records)[number][] = [];
      for (const record of records) {
        taken.push(record);
        if (!show({ ...record, headers: [...record.headers].map(([key, value]) => ({ key, value })) })) break;
      }
      // Committed once it was printed: what was not comes again.
      if (taken.length > 0) await member.commit(taken);
    }
  } finally {
    await member.close();
  }
}

function jsonLine({ headers = [], key, offset, partition, timestampMs, topic, value }: Shown): string {
  const row = {
    topic,
    partition,
    offset,
    timestamp: new Date(timestampMs).toISOString(),
    ...field("key", key),
    ...field("value", value),
    ...(headers.length === 0
      ? {}
      : { headers: headers.map((header) => ({ name: header.key, ...field("value", header.value) })) }),
  };
  return `${JSON.stringify(row)}\n`;
}

/** Text where the bytes are text, else base64 under another name. */
function field(name: string, bytes: Uint8Array | null): Record<string, string | null> {
  if (bytes === null) return { [name]: null };
  try {
    return { [name]: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { [`${name}_base64`]: Buffer.from(bytes).toString("base64") };
  }
}

/** kcat's letters: %t topic, %p partition, %o offset, %T timestamp, %k key, %v (or %s) value, %S its bytes, %h headers, %% percent, \n \t. */
function formatted(record: Shown, format: string): string {
  return format.replaceAll(
    /%([tpoTkvsSKh%])|\\([nt])/g,
    (_, letter: string | undefined, escape: string | undefined) => {
      if (escape !== undefined) return escape === "n" ? "\n" : "\t";
      return letter === undefined ? "" : (LETTERS[letter]?.(record) ?? "");
    },
  );
}

function textOf(bytes: Uint8Array | null): string {
  return bytes === null ? "" : Buffer.from(bytes).toString("utf8");
}

const LETTERS: Readonly<Record<string, (record: Shown) => string>> = {
  t: (record) => record.topic,
  p: (record) => String(record.partition),
  o: (record) => String(record.offset),
  T: (record) => String(record.timestampMs),
  k: (record) => textOf(record.key),
  K: (record) => String(record.key?.length ?? -1),
  v: (record) => textOf(record.value),
  s: (record) => textOf(record.value),
  S: (record) => String(record.value?.length ?? -1),
  h: ({ headers = [] }) => headers.map(({ key, value }) => `${key}=${textOf(value)}`).join(","),
  "%": () => "%",
};
