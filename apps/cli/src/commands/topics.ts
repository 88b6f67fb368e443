import { type BrokerOptions, parseConfigs, withAdmin, withLog } from "../broker-connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { printJson, printTable, say } from "../output.ts";

const TOPIC_RESOURCE = 2;
const SET = 0;
const UNSET = 1;
/** Kafka's number of "set for this very topic". */
const SOURCE_TOPIC = 1;

/** `kaelix topics list`: topics with their partitions and records. */
export async function listTopics(options: BrokerOptions & { readonly internal?: boolean }): Promise<number> {
  const names = await withAdmin(options, (admin) => admin.listTopics({ includeInternals: options.internal === true }));
  const wanted = new Set(names);
  const topics = await withLog(options, async (log) => (await log.topics()).filter(({ name }) => wanted.has(name)));
  const rows = topics
    .map(({ bounds, name, partitions }) => ({
      name,
      partitions,
      records: bounds.reduce((sum, { endOffset, startOffset }) => sum + endOffset - startOffset, 0),
    }))
    .sort((left, right) => left.name.localeCompare(right.name));
  if (options.json !== undefined) printJson(rows, options.json);
  else if (rows.length === 0)
    say("There are no topics. A producer's first record makes one, or: kaelix topics create NAME", options);
  else
    printTable(
      ["TOPIC", "PARTITIONS", "RECORDS"],
      rows.map((row) => [row.name, String(row.partitions), String(row.records)]),
    );
  return EXIT.ok;
}

/** `kaelix topics describe NAME`: offsets of each partition, and the settings. */
export async function describeTopic(
  name: string,
  options: BrokerOptions & { readonly all?: boolean },
): Promise<number> {
  const topic = await withLog(options, async (log) => (await log.topics()).find((one) => one.name === name));
  if (topic === undefined) throw new CommandFailure(EXIT.missing, `There is no topic ${name}`);
  const [described] = await withAdmin(options, (admin) =>
    admin.describeConfigs({ resources: [{ resourceType: TOPIC_RESOURCE, resourceName: name }] }),
  );
  const configs = (described?.configs ?? []).filter(
    (config) => options.all === true || config.configSource === SOURCE_TOPIC,
  );
  if (options.json !== undefined) {
    const settings = Object.fromEntries(configs.map((config) => [config.name, config.value]));
    printJson(
      { name, partitions: topic.bounds.map((bounds, partition) => ({ partition, ...bounds })), settings },
      options.json,
    );
    return EXIT.ok;
  }
  printTable(
    ["PARTITION", "FIRST", "NEXT", "RECORDS"],
    topic.bounds.map(({ endOffset, startOffset }, partition) =>
      [partition, startOffset, endOffset, endOffset - startOffset].map(String),
    ),
  );
  if (configs.length > 0) {
    process.stdout.write("\n");
    printTable(
      ["SETTING", "VALUE"],
      configs.map((config) => [config.name, config.value ?? ""]),
    );
  } else say("All settings are the defaults: --all shows them", options);
  return EXIT.ok;
}

/** `kaelix topics create NAME`. */
export async function createTopic(
  name: string,
  options: BrokerOptions & { readonly partitions: string; readonly config?: readonly string[] },
): Promise<number> {
  const partitions = wholeNumber("--partitions", options.partitions);
  const configs = parseConfigs(options.config ?? []);
  const [created] = await withAdmin(options, (admin) =>
    admin.createTopics({ topics: [name], partitions, replicas: -1, ...(configs.length > 0 ? { configs } : {}) }),
  );
  if (options.json !== undefined) printJson({ name, id: created?.id ?? null, partitions }, options.json);
  else say(`Created ${name} with ${partitions} ${partitions === 1 ? "partition" : "partitions"}`, options);
  return EXIT.ok;
}

/** `kaelix topics alter NAME`: settings, and more partitions. */
export async function alterTopic(
  name: string,
  options: BrokerOptions & {
    readonly partitions?: string;
    readonly config?: readonly string[];
    readonly unset?: readonly string[];
  },
): Promise<number> {
  const set = parseConfigs(options.config ?? []).map((config) => ({ ...config, configOperation: SET }) as const);
  const unset = (options.unset ?? []).map((config) => ({ name: config, configOperation: UNSET }) as const);
  if (set.length + unset.length === 0 && options.partitions === undefined) {
    throw new CommandFailure(EXIT.usage, "There is nothing to change: give --config, --unset or --partitions");
  }
  await withAdmin(options, async (admin) => {
    if (options.partitions !== undefined) {
      const count = wholeNumber("--partitions", options.partitions);
      await admin.createPartitions({ topics: [{ name, count, assignments: null }] });
    }
    if (set.length + unset.length > 0) {
      await admin.incrementalAlterConfigs({
        resources: [{ resourceType: TOPIC_RESOURCE, resourceName: name, configs: [...set, ...unset] }],
      });
    }
  });
  say(`Changed ${name}`, options);
  return EXIT.ok;
}

/** `kaelix topics delete NAME`. */
export async function deleteTopic(name: string, options: BrokerOptions & { readonly yes?: boolean }): Promise<number> {
  if (options.yes !== true) {
    throw new CommandFailure(EXIT.usage, `Deleting ${name} removes its records for good. Say --yes if that is meant`);
  }
  await withAdmin(options, (admin) => admin.deleteTopics({ topics: [name] }));
  say(`Deleted ${name}`, options);
  return EXIT.ok;
}

/** `kaelix topics trim NAME`: deletes the records before an offset. */
export async function trimTopic(
  name: string,
  options: BrokerOptions & { readonly partition: string; readonly before: string },
): Promise<number> {
  const partition = wholeNumber("--partition", options.partition);
  const offset = BigInt(wholeNumber("--before", options.before));
  const [trimmed] = await withAdmin(options, (admin) =>
    admin.deleteRecords({ topics: [{ name, partitions: [{ partition, offset }] }] }),
  );
  const first = trimmed?.partitions[0]?.lowWatermark ?? offset;
  if (options.json !== undefined) printJson({ name, partition, first_offset: Number(first) }, options.json);
  else say(`${name}/${partition} now begins at ${first}`, options);
  return EXIT.ok;
}

/** Reads a count or offset. */
export function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0 && text.trim() !== "") return value;
  throw new CommandFailure(EXIT.usage, `Cannot use ${option}: "${text}" must be a whole number`);
}
