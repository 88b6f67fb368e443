/**
 * How fast a chat export is read, and that its size does not matter to memory.
 *
 * Everything is generated, written to a temporary folder and removed: a chat of invented messages with lines, media and notices.
 * Peak memory is sampled while a file far larger than it is read.
 */
import { createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { once } from "node:events";
import { tmpdir } from "node:os";
import path from "node:path";
import { seededRandom } from "../../packages/base/src/index.ts";
import { preview, readDrafts } from "../../packages/capture/src/sources/sources.ts";
import type { BenchRow } from "../row.ts";

const MIB = 1_048_576;
const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2012, 0, 1);
const WORDS =
  "harbour dinner thursday bring the book and some walnuts for mum ok see you there tomorrow maybe not sure".split(" ");
const SPEED_BYTES = { quick: 10 * MIB, full: 60 * MIB } as const;
const MEMORY_BYTES = { quick: 30 * MIB, full: 300 * MIB } as const;

/** Writes an invented Android export of about `bytes`; returns how many messages it holds. */
async function writeChat(filePath: string, bytes: number): Promise<number> {
  const random = seededRandom(7);
  const file = createWriteStream(filePath);
  let written = 0;
  let messages = 0;
  let atMs = START_MS;
  while (written < bytes) {
    let block = "";
    for (let index = 0; index < 2_000; index++) {
      atMs += random.integer(3) * MINUTE_MS;
      block += makeMessage(atMs, (below) => random.integer(below));
      messages++;
    }
    written += Buffer.byteLength(block);
    if (!file.write(block)) await once(file, "drain");
  }
  file.end();
  await once(file, "close");
  return messages;
}

function makeMessage(atMs: number, integer: (below: number) => number): string {
  const iso = new Date(atMs).toISOString();
  const head = `${iso.slice(8, 10)}/${iso.slice(5, 7)}/${iso.slice(0, 4)}, ${iso.slice(11, 16)} - `;
  const name = ["Ann", "Bob", "Carla Müller"][integer(3)] ?? "Ann";
  const kind = integer(20);
  if (kind === 0) return `${head}${name}: <Media omitted>\n`;
  const words = Array.from({ length: 3 + integer(12) }, () => WORDS[integer(WORDS.length)]).join(" ");
  return kind === 1 ? `${head}${name}: ${words}\n${words} 🌿\n` : `${head}${name}: ${words}\n`;
}

async function measureSpeed(folder: string, bytes: number): Promise<BenchRow[]> {
  const filePath = path.join(folder, "speed.txt");
  const messages = await writeChat(filePath, bytes);
  const input = { path: filePath, fileName: "WhatsApp Chat with Bob.txt" };
  const startedMs = performance.now();
  let drafts = 0;
  for await (const item of readDrafts(input, { me: "Ann", zone: "Europe/Berlin" })) if (item.type === "draft") drafts++;
  const readMs = performance.now() - startedMs;
  const previewStartedMs = performance.now();
  const found = await preview(input, { zone: "Europe/Berlin" });
  const previewMs = performance.now() - previewStartedMs;
  if (drafts !== messages || found.total !== messages) throw new Error(`Read ${drafts} of ${messages} messages`);
  const perSecond = Math.round((messages / readMs) * 1000);
  return [
    {
      name: "import: WhatsApp messages read as drafts",
      value: perSecond,
      unit: "messages/s",
      target: 50_000,
      reached: perSecond >= 50_000,
    },
    {
      name: "import: WhatsApp messages previewed",
      value: Math.round((messages / previewMs) * 1000),
      unit: "messages/s",
    },
  ];
}

async function measureMemory(folder: string, bytes: number): Promise<BenchRow[]> {
  const filePath = path.join(folder, "memory.txt");
  await writeChat(filePath, bytes);
  const { size } = await stat(filePath);
  const input = { path: filePath, fileName: "WhatsApp Chat with Bob.txt" };
  const before = process.memoryUsage.rss();
  let peak = before;
  let drafts = 0;
  for await (const item of readDrafts(input, { me: "Ann", zone: "Europe/Berlin" })) {
    if (item.type !== "draft") continue;
    drafts++;
    if (drafts % 10_000 === 0) peak = Math.max(peak, process.memoryUsage.rss());
  }
  const growth = Math.round((peak - before) / MIB);
  return [
    { name: "import: file read for peak memory", value: Math.round(size / MIB), unit: "MiB" },
    {
      name: "import: peak memory growth while reading it",
      value: growth,
      unit: "MiB",
      target: 128,
      reached: growth <= 128,
    },
  ];
}

/** Measures the import. `quick` reads 30 MB instead of 300 MB. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<BenchRow[]> {
  const size = options.quick ? "quick" : "full";
  const folder = await mkdtemp(path.join(tmpdir(), "kaelix-bench-import-"));
  try {
    return [...(await measureSpeed(folder, SPEED_BYTES[size])), ...(await measureMemory(folder, MEMORY_BYTES[size]))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
