import type { Client } from "@kaelix/contract";

import { type OutputOptions, ProgressBar } from "./output.ts";

const LOOK_EVERY_MS = 1_000;

/** Waits for an answer that may need memories to be read for people first, and shows how far that is. */
export async function whileReading<Output>(
  client: Client,
  options: OutputOptions,
  work: Promise<Output>,
): Promise<Output> {
  const bar = new ProgressBar("Reading memories", options);
  let hasShown = false;
  const look = async (): Promise<void> => {
    const { reading } = (await client.call("people.reading")).data;
    if (reading === null) return;
    hasShown = true;
    bar.show(reading.done / Math.max(1, reading.total), `${reading.done} of ${reading.total}`);
  };
  // How far it is can be done without; what is waited for tells what went wrong.
  const timer = setInterval(() => void look().catch(() => undefined), LOOK_EVERY_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    if (hasShown) bar.end("Read all memories");
  }
}
