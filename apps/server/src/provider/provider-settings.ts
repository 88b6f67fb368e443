import { settingParsers } from "@kaelix/base";

const amount =
  (most: number) =>
  (text: string): { readonly value: number } | { readonly must: string } => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    return value <= most ? { value } : { must: `a number from 0 to ${most}, such as 0.15` };
  };

/** Settings of the AI provider that judges what the rules are unsure of and writes answers. */
export const providerSettings = {
  aiUrl: {
    variable: "KAELIX_AI_URL",
    parse: settingParsers.optionalText,
    fallback: undefined,
    text: "OpenAI-compatible endpoint that writes answers and judges what the rules are unsure of, such as http://127.0.0.1:11434/v1; empty: nothing is sent",
  },
  aiModel: {
    variable: "KAELIX_AI_MODEL",
    parse: settingParsers.optionalText,
    fallback: undefined,
    text: "Model of that endpoint",
  },
  aiKey: {
    variable: "KAELIX_AI_KEY",
    parse: settingParsers.optionalText,
    fallback: undefined,
    secret: true,
    text: "Key of that endpoint; a file of it is better",
  },
  aiKeyFile: {
    variable: "KAELIX_AI_KEY_FILE",
    parse: settingParsers.optionalText,
    fallback: undefined,
    text: "File that holds the key of that endpoint and nothing else",
  },
  aiLevelMax: {
    variable: "KAELIX_AI_LEVEL_MAX",
    parse: settingParsers.integer(1, 2),
    fallback: 1,
    text: "Highest level that is sent there: 1 general, 2 confidential too; secret and ultra-secret never are",
  },
  aiAnswers: {
    variable: "KAELIX_AI_ANSWERS",
    parse: settingParsers.flag,
    fallback: true,
    text: "Have it write answers from the quoted memories, and the day in sentences from its lines",
  },
  aiJudgeBelow: {
    variable: "KAELIX_AI_JUDGE_BELOW",
    parse: settingParsers.integer(0, 100),
    fallback: 80,
    unit: "percent",
    text: "Ask it for the level of memories of which the rules are less sure than this; 0: never",
  },
  aiTokensPerDay: {
    variable: "KAELIX_AI_TOKENS_PER_DAY",
    parse: settingParsers.integer(0, 1_000_000_000_000),
    fallback: 2_000_000,
    unit: "tokens",
    text: "Tokens that may be sent and written there in a day (UTC); then nothing is sent until the next",
  },
  aiPriceRead: {
    variable: "KAELIX_AI_PRICE_READ",
    parse: amount(1_000_000),
    fallback: 0,
    text: "What a million tokens that it reads cost, in the currency you count in; 0: money is not counted",
  },
  aiPriceWritten: {
    variable: "KAELIX_AI_PRICE_WRITTEN",
    parse: amount(1_000_000),
    fallback: 0,
    text: "What a million tokens that it writes cost, in the same currency",
  },
  aiCostPerDay: {
    variable: "KAELIX_AI_COST_PER_DAY",
    parse: amount(1_000_000),
    fallback: 1,
    text: "What it may cost in a day (UTC), in the same currency, where prices are set; then nothing is sent until the next",
  },
  aiRequestsPerMinute: {
    variable: "KAELIX_AI_REQUESTS_PER_MINUTE",
    parse: settingParsers.integer(1, 1_000_000),
    fallback: 120,
    unit: "requests per minute",
    text: "How often that endpoint is asked for levels at most",
  },
  aiConcurrency: {
    variable: "KAELIX_AI_CONCURRENCY",
    parse: settingParsers.integer(1, 64),
    fallback: 2,
    unit: "requests",
    text: "Requests to that endpoint at the same time; one more where somebody waits for an answer",
  },
  aiTimeoutMs: {
    variable: "KAELIX_AI_TIMEOUT_MS",
    parse: settingParsers.integer(100, 600_000),
    fallback: 30_000,
    unit: "milliseconds",
    text: "How long that endpoint may take for one request",
  },
} as const;
