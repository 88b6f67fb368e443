/**
 * Configuration as declared tables: a room lists its settings, `parseConfig` reads them once into a frozen object.
 * Help text and the reference page are printed from the same rows.
 */
import { defineErrors } from "./errors.ts";

/** Errors of reading configuration. */
const configErrors = defineErrors({
  "config-invalid": { kind: "input", retry: false, status: 400, text: "Configuration is invalid" },
});

/** One setting. `parse` returns the value or a sentence that says what it must be. */
export interface Setting<Value> {
  /** Environment variable. */
  readonly variable: string;
  readonly parse: (text: string) => { readonly value: Value } | { readonly must: string };
  readonly fallback: Value;
  readonly unit?: string;
  readonly text: string;
  readonly secret?: boolean;
}

/** A room's settings by key. */
export type SettingTable = Readonly<Record<string, Setting<unknown>>>;

/** The values a table parses to. */
export type SettingValues<Table extends SettingTable> = {
  readonly [Key in keyof Table]: Table[Key] extends Setting<infer Value> ? Value : never;
};

/**
 * Reads a table from `environment` (usually the process environment), frozen.
 * @throws KaelixError `config-invalid` naming every wrong variable, its value unless secret, and what it must be.
 */
export function parseConfig<Table extends SettingTable>(
  table: Table,
  environment: Readonly<Record<string, string | undefined>>,
): SettingValues<Table> {
  const values: Record<string, unknown> = {};
  const wrong: string[] = [];
  for (const [key, setting] of Object.entries(table)) {
    const text = environment[setting.variable];
    if (text === undefined || text === "") {
      values[key] = setting.fallback;
      continue;
    }
    const parsed = setting.parse(text);
    if ("must" in parsed) {
      const shown = setting.secret === true ? "(hidden)" : JSON.stringify(text);
      wrong.push(`Cannot use ${setting.variable}: current value is ${shown}, must be ${parsed.must}`);
    } else {
      values[key] = parsed.value;
    }
  }
  if (wrong.length > 0)
    throw configErrors("config-invalid", { message: wrong.join("; "), details: { problems: wrong } });
  // The loop fills exactly the keys of the table with values of their parsers.
  return Object.freeze(values) as SettingValues<Table>;
}

/** Parsers for the common kinds of settings. */
export const settingParsers = {
  text: (text: string): { readonly value: string } => ({ value: text }),
  optionalText: (text: string): { readonly value: string | undefined } => ({ value: text }),
  flag: (text: string): { readonly value: boolean } | { readonly must: string } =>
    text === "true" || text === "1"
      ? { value: true }
      : text === "false" || text === "0"
        ? { value: false }
        : { must: "true or false" },
  integer:
    (least: number, most: number) =>
    (text: string): { readonly value: number } | { readonly must: string } => {
      const value = Number(text);
      const fits = Number.isSafeInteger(value) && value >= least && value <= most;
      return fits ? { value } : { must: `a whole number from ${least} to ${most}` };
    },
} as const;
