/** The process whose costs are measured: a broker, and answers about itself. */
import { openStorage } from "../storage/storage.ts";
import { startBroker } from "../broker/start-broker.ts";
import { openStreams } from "../streams/streams.ts";

/** What the process is asked. */
export type CostRequest = { readonly type: "state" } | { readonly type: "rest"; readonly streams: number };

/** What it answers. */
export interface CostAnswer {
  readonly port: number;
  readonly cpuUs: number;
  readonly rssBytes: number;
  readonly streamBytes: number;
  readonly syncMs: number;
}

const SYNCS = 200;
const WINDOW = 5000;

const [directory = ""] = process.argv.slice(2);
const storage = await openStorage({ directory });
await storage.createTopic({ name: "costs", partitions: 1 });
const broker = await startBroker({ storage, listeners: [{ port: 0 }] });

process.on("message", (request: CostRequest) => {
  if (request.type === "state") answer({});
  else void measureRest(request.streams).then(answer);
});
process.on("disconnect", () => process.exit(0));

function answer(rest: Partial<CostAnswer>): void {
  globalThis.gc?.();
  const { system, user } = process.cpuUsage();
  process.send?.({
    port: broker.address().port,
    cpuUs: user + system,
    rssBytes: process.memoryUsage.rss(),
    streamBytes: 0,
    syncMs: 0,
    ...rest,
  });
}

async function measureRest(count: number): Promise<Partial<CostAnswer>> {
  const streams = await openStreams({ storage, topic: "costs-streams" });
  const value = new Uint8Array(100);
  for (let at = 0; at < count; at += WINDOW) {
    await Promise.all(Array.from({ length: WINDOW }, (_, next) => streams.append(`stream-${at + next}`, value)));
  }
  const { indexBytes, streams: live } = streams.metrics();
  const waits = new Float64Array(SYNCS);
  for (let at = 0; at < SYNCS; at += 1) {
    const start = performance.now();
    await streams.append("sync", value);
    waits[at] = performance.now() - start;
  }
  await streams.close();
  return { streamBytes: indexBytes / live, syncMs: waits.sort()[SYNCS / 2] ?? 0 };
}
