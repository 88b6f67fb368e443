/** A view in memory for tests of the runner: keeps what it is given, and fails or waits when told. */
import type { MemoryId } from "@kaelix/model";

import { judge, type MemoryStanding } from "../../relational/memories/standing.ts";
import type { FoldBatch, View, ViewCensus } from "../view.ts";

/** See above. */
export class ListView implements View {
  readonly name: string;
  readonly topics: readonly string[];
  readonly offsets = new Map<string, number>();
  /** `topic/partition@offset` of every event, in the order of folding. */
  readonly folded: string[] = [];
  readonly memories = new Map<MemoryId, MemoryStanding>();
  readonly batchSizes: number[] = [];
  snapshots = 0;
  resets = 0;
  /** Called before each fold; throwing makes it fail. */
  beforeFold: (batch: FoldBatch) => void | Promise<void> = () => undefined;

  constructor(name: string, topics: readonly string[] = ["memories"]) {
    this.name = name;
    this.topics = topics;
  }

  async nextOffset(topic: string, partition: number): Promise<number> {
    return this.offsets.get(`${topic}/${partition}`) ?? 0;
  }

  async fold(batch: FoldBatch): Promise<void> {
    await this.beforeFold(batch);
    this.batchSizes.push(batch.events.length);
    for (const { offset, event } of batch.events) {
      this.folded.push(`${batch.topic}/${batch.partition}@${offset}`);
      if (!("memory" in event) || event.type === "key.memory") continue;
      const judgement = judge(this.memories.get(event.memory), event);
      if (judgement.type === "apply") this.memories.set(event.memory, judgement.standing);
    }
    this.offsets.set(`${batch.topic}/${batch.partition}`, batch.nextOffset);
  }

  async reset(): Promise<void> {
    this.resets++;
    this.offsets.clear();
    this.memories.clear();
    this.folded.length = 0;
  }

  async snapshot(): Promise<void> {
    this.snapshots++;
  }

  async census(): Promise<ViewCensus | undefined> {
    return undefined;
  }

  async *memoryIds(): AsyncIterable<MemoryId> {
    for (const [id, { state }] of this.memories) if (state === "live") yield id;
  }

  async close(): Promise<void> {
    this.offsets.clear();
  }
}
