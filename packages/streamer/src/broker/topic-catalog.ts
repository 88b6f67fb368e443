/**
 * The topics as clients see them: by name and by id, without the hidden ones, and how a new one comes to be.
 */
import { KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";

import type { OpenTopic, Storage } from "../storage/storage.ts";
import { isPartitionCount, isTopicName } from "../storage/topic-spec.ts";
import type { ConfigKeeper, ConfigValues } from "./config-keeper.ts";
import { valueProblem } from "./config-values.ts";
import { clientError } from "./errors.ts";
import { isHiddenTopic } from "./ground.ts";
import { TOPIC_CONFIGS } from "./topic-configs.ts";

const PARTITIONS_MAX = 10_000;

/** A topic somebody wants. */
export interface WantedTopic {
  readonly name: string;
  /** -1: as configured. */
  readonly partitions: number;
  /** -1: as configured. */
  readonly replicationFactor: number;
  readonly config: ConfigValues;
}

/** Why something was refused, in Kafka's codes. */
export interface Refusal {
  readonly code: KafkaErrorCode;
  readonly message: string;
}

/** The topics clients see. */
export class TopicCatalog {
  readonly #storage: Storage;
  readonly #configs: ConfigKeeper;
  readonly #names = new Map<string, string>();
  readonly #stopListening: () => void;

  constructor(storage: Storage, configs: ConfigKeeper) {
    this.#storage = storage;
    this.#configs = configs;
    for (const { spec } of storage.topics().values()) this.#names.set(spec.id, spec.name);
    this.#stopListening = storage.onTopics((event) => {
      const { id, name } = event.topic.spec;
      if (event.type === "deleted") this.#names.delete(id);
      else this.#names.set(id, name);
    });
  }

  byName(name: string): OpenTopic | undefined {
    return isHiddenTopic(name) ? undefined : this.#storage.topics().get(name);
  }

  byId(id: string): OpenTopic | undefined {
    const name = this.#names.get(id);
    return name === undefined ? undefined : this.byName(name);
  }

  /** All topics, ordered by name. */
  all(): OpenTopic[] {
    const topics = [...this.#storage.topics().values()].filter(({ spec }) => !isHiddenTopic(spec.name));
    return topics.sort((left, right) => (left.spec.name < right.spec.name ? -1 : 1));
  }

  /** Why a topic cannot be created; undefined when it can. */
  refusal(wanted: WantedTopic): Refusal | undefined {
    const { name } = wanted;
    if (!isTopicName(name) || isHiddenTopic(name)) {
      const message = `Topic name is "${name.slice(0, 260)}", must be 1 to 249 of a-z A-Z 0-9 . _ - and not reserved`;
      return { code: KAFKA_ERRORS.INVALID_TOPIC_EXCEPTION, message };
    }
    if (this.#storage.topics().has(name)) {
      return { code: KAFKA_ERRORS.TOPIC_ALREADY_EXISTS, message: `Topic "${name}" already exists` };
    }
    const collision = this.#collision(name);
    if (collision !== undefined) {
      const message = `Topic "${name}" and "${collision}" differ only in case, dots or underscores`;
      return { code: KAFKA_ERRORS.INVALID_TOPIC_EXCEPTION, message };
    }
    const partitions = this.partitionsOf(wanted);
    if (!isPartitionCount(partitions)) {
      const message = `Number of partitions is ${partitions}, must be 1 to ${PARTITIONS_MAX}`;
      return { code: KAFKA_ERRORS.INVALID_PARTITIONS, message };
    }
    if (wanted.replicationFactor !== -1 && wanted.replicationFactor !== 1) {
      const message = `Replication factor is ${wanted.replicationFactor}, must be 1: there is one broker`;
      return { code: KAFKA_ERRORS.INVALID_REPLICATION_FACTOR, message };
    }
    return topicConfigProblem(wanted.config);
  }

  /** Creates a topic. Resolves to why not, when it cannot. */
  async create(wanted: WantedTopic): Promise<OpenTopic | Refusal> {
    const refusal = this.refusal(wanted);
    if (refusal !== undefined) return refusal;
    try {
      const { config, name } = wanted;
      await this.#storage.createTopic(this.#configs.newTopic(name, this.partitionsOf(wanted), config));
    } catch (error) {
      return clientError(error);
    }
    return this.byName(wanted.name) ?? { code: KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION, message: "Topic was deleted" };
  }

  /** How many partitions a wanted topic would have. */
  partitionsOf(wanted: WantedTopic): number {
    return wanted.partitions === -1 ? this.#configs.brokerNumber("num.partitions") : wanted.partitions;
  }

  close(): void {
    this.#stopListening();
  }

  /** Kafka's metrics and some file systems cannot tell such names apart. */
  #collision(name: string): string | undefined {
    const folded = foldName(name);
    for (const other of this.#storage.topics().keys()) if (foldName(other) === folded) return other;
    return undefined;
  }
}

function foldName(name: string): string {
  return name.replaceAll(".", "_").toLowerCase();
}

/** What is wrong with a topic's configuration; undefined when nothing is. */
function topicConfigProblem(config: ConfigValues): Refusal | undefined {
  for (const [name, value] of Object.entries(config)) {
    const row = TOPIC_CONFIGS.get(name);
    const problem = row === undefined ? `Unknown topic config name: ${name}` : valueProblem(row, value);
    if (problem !== undefined) return { code: KAFKA_ERRORS.INVALID_CONFIG, message: problem };
  }
  return undefined;
}
