/**
 * The whole product as a child process: starting, resting, importing, rebuilding.
 *
 * Rows: first start and restart until `/ready`, resident memory at rest after each, import of a generated WhatsApp export through the API,
 * rebuild of each view, size of an install.
 */
import { execFileSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { openAsBlob } from "node:fs";
import { join } from "node:path";

import type { Client } from "@kaelix/contract";

import { claim, type Product, signIn, startProduct, temporaryData } from "../../apps/cli/src/testing/product.ts";
import type { BenchRow } from "../row.ts";

const PEOPLE = ["Ann", "Bob", "Carla"];
const WORDS =
  "harbour dinner walnut bicycle shed letter garden train concert kitchen window river market piano winter".split(" ");

/** Measures the product as its user meets it. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<readonly BenchRow[]> {
  const messages = options.quick ? 2_000 : 50_000;
  const data = temporaryData();
  const rows: BenchRow[] = [];
  let product: Product | undefined;
  try {
    const first = await timed(() => startProduct(data.path));
    product = first.result;
    rows.push({
      name: "first start until ready",
      value: first.tookMs / 1_000,
      unit: "s",
      target: 15,
      reached: first.tookMs <= 15_000,
    });
    let client = await claim(product);
    rows.push(await restingRow(product, "after the first start"));
    rows.push(await importRow(client, data.path, messages));
    await product.stop();
    const again = await timed(() => startProduct(data.path));
    product = again.result;
    const name = `restart until ready with ${messages.toLocaleString("en")} memories`;
    rows.push({ name, value: again.tookMs / 1_000, unit: "s", target: 3, reached: again.tookMs <= 3_000 });
    client = await signIn(product);
    rows.push(await restingRow(product, `after a restart with ${messages.toLocaleString("en")} memories`));
    for (const view of ["relational", "search"] as const) rows.push(await rebuildRow(client, view));
    rows.push(installRow());
    return rows;
  } finally {
    await product?.kill();
    data.remove();
  }
}

async function timed<Result>(
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly tookMs: number }> {
  const beganMs = performance.now();
  const result = await work();
  return { result, tookMs: performance.now() - beganMs };
}

/** Resident memory a few seconds after the start, when nobody asks anything. */
async function restingRow(product: Product, when: string): Promise<BenchRow> {
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const kilobytes = Number(execFileSync("ps", ["-o", "rss=", "-p", String(product.process.pid)]).toString());
  const megabytes = kilobytes / 1_024;
  return {
    name: `resident memory at rest ${when}`,
    value: megabytes,
    unit: "MiB",
    target: 300,
    reached: megabytes < 300,
  };
}

async function importRow(client: Client, folder: string, messages: number): Promise<BenchRow> {
  const path = join(folder, "WhatsApp Chat with Carla.txt");
  await writeExport(path, messages);
  const file = { name: "WhatsApp Chat with Carla.txt", data: await openAsBlob(path) };
  const { data: waiting } = await client.call("imports.upload", { query: { zone: "Europe/Berlin" } }, { file });
  const beganMs = performance.now();
  await client.call("imports.start", {
    params: { id: waiting.id },
    body: { me: "Ann", zone: "Europe/Berlin", date_order: "day-first" },
  });
  for (;;) {
    const { data } = await client.call("imports.read", { params: { id: waiting.id } });
    if (data.state === "running") {
      await new Promise((resolve) => setTimeout(resolve, 50));
      continue;
    }
    if (data.state !== "done" || data.added !== messages)
      throw new Error(`Import ended ${data.state} with ${data.added} added`);
    break;
  }
  await rm(path);
  const perSecond = messages / ((performance.now() - beganMs) / 1_000);
  return {
    name: "import, WhatsApp through the API",
    value: perSecond,
    unit: "messages/s",
    target: 5_000,
    reached: perSecond >= 5_000,
  };
}

async function writeExport(path: string, messages: number): Promise<void> {
  const stream = createWriteStream(path);
  let timeMs = Date.UTC(2020, 0, 15, 8);
  for (let index = 0; index < messages; index++) {
    timeMs += 60_000 + ((index * 7_919) % 600_000);
    const at = new Date(timeMs).toISOString();
    const text = Array.from(
      { length: 6 + (index % 9) },
      (_, word) => WORDS[(index * 31 + word * 17) % WORDS.length],
    ).join(" ");
    const stamp = `${at.slice(8, 10)}.${at.slice(5, 7)}.${at.slice(2, 4)}, ${at.slice(11, 16)}`;
    if (!stream.write(`${stamp} - ${PEOPLE[index % PEOPLE.length]}: ${text} ${index}\n`)) {
      await new Promise<void>((resolve) => stream.once("drain", resolve));
    }
  }
  await new Promise<void>((resolve) => stream.end(resolve));
}

async function rebuildRow(client: Client, view: "relational" | "search"): Promise<BenchRow> {
  const { data } = await client.call("views.rebuild", { params: { name: view } });
  return { name: `rebuild of ${view}`, value: data.events / (data.took_ms / 1_000), unit: "events/s" };
}

function installRow(): BenchRow {
  const kilobytes = Number(execFileSync("du", ["-sk", "node_modules"]).toString().split("\t")[0]);
  return { name: "size of an install (node_modules with Node)", value: kilobytes / 1_024, unit: "MiB" };
}
