/** What a configuration row is, and whether a text is a value of it. Values are Kafka's texts everywhere; they are parsed where they are used. */

/** Kafka's configuration types with their codes in DescribeConfigs. */
export const CONFIG_TYPES = {
  boolean: 1,
  string: 2,
  int: 3,
  short: 4,
  long: 5,
  double: 6,
  list: 7,
  class: 8,
  password: 9,
} as const;

/** Where a value comes from, with the codes of DescribeConfigs. */
export const CONFIG_SOURCES = {
  topic: 1,
  broker: 2,
  cluster: 3,
  static: 4,
  default: 5,
  group: 8,
} as const;

/** Where a value comes from. */
export type ConfigSource = keyof typeof CONFIG_SOURCES;

/** One configuration key. */
export interface ConfigRow {
  readonly name: string;
  readonly type: keyof typeof CONFIG_TYPES;
  /** Null: has none. */
  readonly default: string | null;
  readonly text: string;
  /** Smallest and largest number, or, for a list, how many entries. */
  readonly min?: number;
  readonly max?: number;
  /** What a text or each entry of a list may be. */
  readonly oneOf?: readonly string[];
  /** What a text must match as a whole. */
  readonly matches?: RegExp;
  /** The broker's key that is the default of a topic's or a group's key. */
  readonly synonym?: string;
  /** For keys of a broker: may be changed while it runs. Keys of topics and groups always may. */
  readonly dynamic?: boolean;
  /** For keys of a broker that cannot be set as configuration: what says it in their place. */
  readonly givenBy?: string;
}

const BOUNDS: Readonly<Record<string, readonly [number, number]>> = {
  short: [-32_768, 32_767],
  int: [-(2 ** 31), 2 ** 31 - 1],
  long: [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};
/** Kafka's Long.MAX_VALUE as clients send it; beyond what a number holds exactly, and meant as "without end". */
const LONG_MAX = "9223372036854775807";

/** What is wrong with a value, in the grammar of our errors; undefined when it is right. */
export function valueProblem(row: ConfigRow, value: string): string | undefined {
  const is = `${row.name} is "${value.slice(0, 100)}"`;
  if (row.type === "boolean") {
    const allowed = row.oneOf ?? ["true", "false"];
    return allowed.includes(value.trim().toLowerCase()) ? undefined : `${is}, must be ${allowed.join(" or ")}`;
  }
  if (row.type === "list") return listProblem(row, value, is);
  if (row.matches?.test(value) === false) return `${is}, must match ${row.matches.source}`;
  if (row.type === "string" || row.type === "class" || row.type === "password") {
    return row.oneOf === undefined || row.oneOf.includes(value) ? undefined : `${is}, must be ${row.oneOf.join(", ")}`;
  }
  const number = parseNumber(value);
  const [low, high] = BOUNDS[row.type] ?? [-Infinity, Infinity];
  const min = Math.max(low, row.min ?? low);
  const max = Math.min(high, row.max ?? high);
  const whole = row.type === "double" || Number.isInteger(number);
  if (whole && number >= min && number <= max) return undefined;
  return `${is}, must be ${row.type === "double" ? "a number" : "an integer"} from ${min} to ${max}`;
}

function listProblem(row: ConfigRow, value: string, is: string): string | undefined {
  const entries = parseList(value);
  if (entries.length < (row.min ?? 0)) return `${is}, must have an entry`;
  const wrong = entries.find((entry) => row.oneOf?.includes(entry) === false);
  if (wrong !== undefined) return `${is}, must be of ${row.oneOf?.join(", ")}`;
  return new Set(entries).size === entries.length ? undefined : `${is}, must name everything once`;
}

/** A number as configuration writes it; NaN when it is none. */
export function parseNumber(value: string): number {
  const text = value.trim();
  if (text === LONG_MAX) return Number.MAX_SAFE_INTEGER;
  return text === "" ? Number.NaN : Number(text);
}

/** The entries of a list. */
export function parseList(value: string): string[] {
  return value
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

/** A table by name. */
export function tableOf(rows: readonly ConfigRow[]): ReadonlyMap<string, ConfigRow> {
  return new Map(rows.map((row) => [row.name, row]));
}
