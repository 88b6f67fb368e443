/** Every source of a house: started together, stopped together, told of in a list. */
import { KafkaSource, type KafkaSourceParts, type KafkaSourceStatus } from "./kafka-source.ts";
import type { KafkaSourceSpec } from "./source-spec.ts";

/** What the sources need of the house; the owner is found for each. */
export interface KafkaSourcesParts extends Omit<KafkaSourceParts, "spec" | "owner"> {
  readonly specs: readonly KafkaSourceSpec[];
  readonly ownerOf: (spec: KafkaSourceSpec) => ReturnType<KafkaSourceParts["owner"]>;
}

/** The sources of a house. */
export class KafkaSources {
  readonly #sources: readonly KafkaSource[];

  constructor(parts: KafkaSourcesParts) {
    const { ownerOf, specs, ...shared } = parts;
    this.#sources = specs.map((spec) => new KafkaSource({ ...shared, spec, owner: () => ownerOf(spec) }));
  }

  /** Begins to read; goes on in the background. */
  start(): void {
    for (const source of this.#sources) source.start();
  }

  /** How each is, in the order of the document. */
  list(): readonly KafkaSourceStatus[] {
    return this.#sources.map((source) => source.status());
  }

  /** Finishes the batches in hand and leaves the groups. */
  async stop(): Promise<void> {
    await Promise.all(this.#sources.map((source) => source.stop()));
  }
}
