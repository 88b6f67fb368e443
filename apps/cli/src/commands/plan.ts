import { statfsSync } from "node:fs";
import { tmpdir, totalmem } from "node:os";

import { measureUnitCosts, planStreamer, type StreamerLoad } from "@kaelix/streamer";

import { CommandFailure, EXIT } from "../exit.ts";
import { type OutputOptions, printJson, printTable, ProgressBar, say } from "../output.ts";

/** Options of `plan streamer`, as typed. */
interface PlanOptions extends OutputOptions {
  readonly messages: string;
  readonly bytes: string;
  readonly batch: string;
  readonly durable: string;
  readonly readers: string;
  readonly connections: string;
  readonly streams: string;
  readonly retention: string;
  readonly data?: string;
}

const HOURS: Readonly<Record<string, number>> = { h: 1, d: 24, w: 168, y: 8766 };

/** `kaelix plan streamer`: what a load asks of one node, from costs measured on this machine now. */
export async function planForStreamer(options: PlanOptions): Promise<number> {
  const load: StreamerLoad = {
    messagesPerSecond: positive("--messages", options.messages),
    messageBytes: positive("--bytes", options.bytes),
    batchMessages: positive("--batch", options.batch),
    durableShare: share("--durable", options.durable),
    readers: count("--readers", options.readers),
    connections: count("--connections", options.connections),
    streams: count("--streams", options.streams),
    retentionSeconds: retention(options.retention),
  };
  const directory = options.data ?? tmpdir();
  const bar = new ProgressBar("plan", options);
  bar.show(0, "measuring this machine");
  const costs = await measureUnitCosts({ directory });
  bar.end("Measured on this machine, just now");
  const disk = statfsSync(directory);
  const node = { memoryBytes: totalmem(), diskBytes: disk.bavail * disk.bsize };
  const plan = planStreamer(load, costs, node);
  if (options.json !== undefined) printJson({ ...plan, load, costs, node }, options.json);
  else {
    printTable(
      ["", "NEEDS", "", "FROM"],
      plan.lines.map((line) => [line.name, String(line.value), line.unit, line.how]),
    );
    say(
      plan.fits
        ? `Fits on one node like this; ${plan.bottleneck} is what it has least of`
        : `Does not fit on one node like this: ${plan.bottleneck} is spent first`,
      options,
    );
  }
  return plan.fits ? EXIT.ok : EXIT.found;
}

function count(option: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0 && text.trim() !== "") return value;
  throw new CommandFailure(EXIT.usage, `Cannot use ${option}: "${text}" must be a number of at least 0`);
}

function positive(option: string, text: string): number {
  const value = count(option, text);
  if (value > 0) return value;
  throw new CommandFailure(EXIT.usage, `Cannot use ${option}: "${text}" must be above 0`);
}

function share(option: string, text: string): number {
  const value = count(option, text.replace("%", ""));
  if (value <= 100) return value / 100;
  throw new CommandFailure(EXIT.usage, `Cannot use ${option}: "${text}" must be 0 to 100 percent`);
}

function retention(text: string): number {
  const [, amount, unit] = /^(\d+)([hdwy])$/.exec(text) ?? [];
  const hours = unit === undefined ? undefined : HOURS[unit];
  if (amount === undefined || hours === undefined) {
    throw new CommandFailure(EXIT.usage, `Cannot use --retention: "${text}" must be like 12h, 7d, 4w or 1y`);
  }
  return Number(amount) * hours * 3600;
}
