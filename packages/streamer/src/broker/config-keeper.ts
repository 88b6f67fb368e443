/**
 * Which configuration is in effect, where each value comes from, and how it is changed while the broker runs.
 *
 *     key of a topic or group:  its own → dynamic broker → dynamic cluster → given at start → default
 *     key of the broker:        the same without the first
 *
 * Guarantees: a change is durable and in effect, in the storage too, when its promise resolves.
 */
import type { OpenTopic, Storage } from "../storage/storage.ts";
import type { NewTopic, StoredTopicSpec, TopicChange } from "../storage/topic-spec.ts";
import { BROKER_CONFIGS } from "./broker-configs.ts";
import type { ClusterStore } from "./cluster-store.ts";
import { type ConfigRow, type ConfigSource, parseNumber } from "./config-values.ts";
import { GROUP_CONFIGS } from "./group-configs.ts";
import { explicitConfig, rulesOf, settingsFor, TOPIC_CONFIGS, type TopicRules } from "./topic-configs.ts";

const STORE_KIND = "config";
const GROUP_KIND = "group-config";
const SCOPE_IDS = { broker: "broker/1", cluster: "broker/default" } as const;
const CHANGEABLE = [
  "cleanup",
  "retentionMs",
  "retentionBytes",
  "segmentBytesMax",
  "segmentAgeMsMax",
  "batchBytesMax",
  "compactionLagMsMin",
  "compactionLagMsMax",
  "deletionsKeptMs",
  "dirtyRatioMin",
] as const;

/** Values by key. */
export type ConfigValues = Readonly<Record<string, string>>;

/** A value and where it comes from. */
export interface ConfigSynonym {
  readonly name: string;
  readonly value: string | null;
  readonly source: ConfigSource;
}

/** A key's value in effect and all values it hides. */
export interface ConfigEntry {
  readonly row: ConfigRow;
  readonly value: string | null;
  readonly source: ConfigSource;
  readonly readOnly: boolean;
  /** From the one in effect down to the default. */
  readonly synonyms: readonly ConfigSynonym[];
}

/** Whom a change of a broker key is for: this broker, or every broker of the cluster. */
export type BrokerScope = keyof typeof SCOPE_IDS;

/** Keeps the configuration of one broker and its topics. */
export class ConfigKeeper {
  readonly #store: ClusterStore;
  readonly #storage: Storage;
  #fixed: ConfigValues;
  readonly #listeners = new Set<() => void>();
  #rules = new WeakMap<StoredTopicSpec, TopicRules>();

  /** @param fixed what the broker was started with */
  constructor(store: ClusterStore, storage: Storage, fixed: ConfigValues) {
    this.#store = store;
    this.#storage = storage;
    this.#fixed = fixed;
  }

  /** A broker key's value in effect; "" when it has none. */
  brokerValue(name: string): string {
    return this.#brokerSynonyms(name)[0]?.value ?? "";
  }

  brokerNumber(name: string): number {
    return parseNumber(this.brokerValue(name));
  }

  brokerBoolean(name: string): boolean {
    return this.brokerValue(name).toLowerCase() === "true";
  }

  /** What was set for a scope while running. */
  dynamicValues(scope: BrokerScope): ConfigValues {
    // Written by `alterBroker`.
    return (this.#store.entries(STORE_KIND).get(SCOPE_IDS[scope]) ?? {}) as ConfigValues;
  }

  /** Broker keys with their values; all when no names are given. Unknown names are left out. */
  describeBroker(names: readonly string[] | null): ConfigEntry[] {
    return chosen(BROKER_CONFIGS, names).map((row) => {
      const synonyms = this.#brokerSynonyms(row.name);
      const [first] = synonyms;
      const readOnly = row.dynamic !== true;
      return { row, value: first?.value ?? row.default, source: first?.source ?? "default", readOnly, synonyms };
    });
  }

  /** What was set for the whole cluster, as Kafka answers for the broker without a name. */
  describeCluster(names: readonly string[] | null): ConfigEntry[] {
    const values = this.dynamicValues("cluster");
    return chosen(BROKER_CONFIGS, names).flatMap((row) => {
      const value = values[row.name];
      if (value === undefined) return [];
      return [
        { row, value, source: "cluster", readOnly: false, synonyms: [{ name: row.name, value, source: "cluster" }] },
      ];
    });
  }

  /** A topic's keys with their values; all when no names are given. Unknown names are left out. */
  describeTopic(spec: StoredTopicSpec, names: readonly string[] | null): ConfigEntry[] {
    return this.#describe(TOPIC_CONFIGS, { values: explicitConfig(spec), source: "topic" }, names);
  }

  /** The values of a topic that would be created with a configuration. */
  describeNewTopic(config: ConfigValues): ConfigEntry[] {
    return this.#describe(TOPIC_CONFIGS, { values: config, source: "topic" }, null);
  }

  /** A group's keys with their values; all when no names are given. Unknown names are left out. The group need not exist. */
  describeGroup(groupId: string, names: readonly string[] | null): ConfigEntry[] {
    return this.#describe(GROUP_CONFIGS, { values: this.groupValues(groupId), source: "group" }, names);
  }

  /** The number of a group's key in effect. */
  groupNumber(groupId: string, name: string): number {
    return parseNumber(this.groupValue(groupId, name));
  }

  /** A group's key in effect; "" when it has none. */
  groupValue(groupId: string, name: string): string {
    return this.describeGroup(groupId, [name])[0]?.value ?? "";
  }

  /** What was set for a group. */
  groupValues(groupId: string): ConfigValues {
    // Written by `alterGroup`.
    return (this.#store.entries(GROUP_KIND).get(groupId) ?? {}) as ConfigValues;
  }

  /** Groups for which something was set. */
  configuredGroups(): Iterable<string> {
    return this.#store.entries(GROUP_KIND).keys();
  }

  #describe(
    table: ReadonlyMap<string, ConfigRow>,
    explicit: { readonly values: ConfigValues; readonly source: ConfigSource },
    names: readonly string[] | null,
  ): ConfigEntry[] {
    const { source, values } = explicit;
    return chosen(table, names).map((row) => {
      const own = values[row.name];
      const below = row.synonym === undefined ? [defaultOf(row)] : this.#brokerSynonyms(row.synonym);
      const synonyms = own === undefined ? below : [{ name: row.name, value: own, source }, ...below];
      const [first] = synonyms;
      return { row, value: first?.value ?? row.default, source: first?.source ?? "default", readOnly: false, synonyms };
    });
  }

  /** A topic's rules for what is produced to it. */
  topicRules(spec: StoredTopicSpec): TopicRules {
    let rules = this.#rules.get(spec);
    if (rules === undefined) {
      rules = rulesOf(this.#lookup(explicitConfig(spec)));
      this.#rules.set(spec, rules);
    }
    return rules;
  }

  /** What the storage is asked for when a topic is created with a configuration that was checked. */
  newTopic(name: string, partitions: number, config: ConfigValues): NewTopic {
    return { name, partitions, ...settingsFor(this.#lookup(config)), config };
  }

  /** Replaces what is set for a topic by values that were checked. Throws storage's errors. */
  async alterTopic(topic: OpenTopic, config: ConfigValues): Promise<void> {
    await this.#storage.updateTopic(topic.spec.name, this.#change(topic.spec, config));
  }

  /** Replaces what is set for a scope by values that were checked. Throws storage's errors. */
  async alterBroker(scope: BrokerScope, values: ConfigValues): Promise<void> {
    const topics = [...this.#storage.topics().values()].filter(({ spec }) => spec.config !== undefined);
    const before = new Map(topics.map(({ spec }) => [spec, JSON.stringify(this.topicRules(spec))]));
    await this.#store.put(STORE_KIND, SCOPE_IDS[scope], Object.keys(values).length === 0 ? undefined : values);
    this.#rules = new WeakMap();
    for (const [spec, rules] of before) {
      const change = this.#change(spec, spec.config ?? {});
      const isChanged = CHANGEABLE.some((name) => change[name] !== spec[name]);
      // Telling the storage tells everybody who goes by the topic's rules.
      if (isChanged || rules !== JSON.stringify(this.topicRules(spec)))
        await this.#storage.updateTopic(spec.name, change);
    }
    for (const listener of this.#listeners) listener();
  }

  /** Replaces what is set for a group by values that were checked. Throws storage's errors. */
  async alterGroup(groupId: string, values: ConfigValues): Promise<void> {
    await this.#store.put(GROUP_KIND, groupId, Object.keys(values).length === 0 ? undefined : values);
  }

  /** Adds what is known only once the broker has started, such as where it listens. */
  tell(values: ConfigValues): void {
    this.#fixed = { ...this.#fixed, ...values };
  }

  /** Calls a function after every change of a broker key. Returns what ends it. */
  onBrokerChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #change(spec: StoredTopicSpec, config: ConfigValues): TopicChange {
    // Retention that is absent goes back to "for ever".
    return { retentionMs: undefined, retentionBytes: undefined, ...settingsFor(this.#lookup(config), spec), config };
  }

  #lookup(explicit: ConfigValues): (name: string) => string {
    return (name) => {
      const own = explicit[name];
      if (own !== undefined) return own;
      const row = TOPIC_CONFIGS.get(name);
      return row?.synonym === undefined ? (row?.default ?? "") : this.brokerValue(row.synonym);
    };
  }

  #brokerSynonyms(name: string): ConfigSynonym[] {
    const synonyms: ConfigSynonym[] = [];
    const add = (value: string | undefined, source: ConfigSource): void => {
      if (value !== undefined) synonyms.push({ name, value, source });
    };
    add(this.dynamicValues("broker")[name], "broker");
    add(this.dynamicValues("cluster")[name], "cluster");
    add(this.#fixed[name], "static");
    const row = BROKER_CONFIGS.get(name);
    if (row !== undefined && row.default !== null) synonyms.push(defaultOf(row));
    return synonyms;
  }
}

function defaultOf(row: ConfigRow): ConfigSynonym {
  return { name: row.name, value: row.default, source: "default" };
}

function chosen(table: ReadonlyMap<string, ConfigRow>, names: readonly string[] | null): ConfigRow[] {
  if (names === null) return [...table.values()];
  return names.flatMap((name) => table.get(name) ?? []);
}
