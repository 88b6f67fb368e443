import { parseConfig, settingParsers, type SettingValues } from "@kaelix/base";
import { dataDirectoryOf } from "@kaelix/coordinator";
import { gatewaySettings } from "@kaelix/gateway";

import { daySettings } from "./days/day-settings.ts";
import { mailSettings } from "./mail/mail-settings.ts";
import { parseLogUrl } from "./open-log.ts";
import { providerSettings } from "./provider/provider-settings.ts";
import { smsSettings } from "./sms/sms-settings.ts";

const LOG_LEVEL_NAMES = ["debug", "info", "warn", "error", "silent"] as const;

/** Every setting of the server. The reference page and `kaelix config` are printed from it. */
const serverSettings = {
  dataDirectory: {
    variable: "KAELIX_DATA",
    parse: settingParsers.text,
    fallback: dataDirectoryOf(undefined),
    text: "Data directory",
  },
  host: {
    variable: "KAELIX_HOST",
    parse: settingParsers.text,
    fallback: "127.0.0.1",
    text: "Address to listen on; 0.0.0.0 lets other machines in",
  },
  port: {
    variable: "KAELIX_PORT",
    parse: settingParsers.integer(0, 65_535),
    fallback: 7_171,
    text: "Port to listen on; the next free one when it is taken; 0 takes any",
  },
  tls: {
    variable: "KAELIX_TLS",
    parse: settingParsers.flag,
    fallback: false,
    text: "Serve HTTPS (TLS 1.3) under a certificate authority of this installation's own, made at the first start",
  },
  tlsCertificateFile: {
    variable: "KAELIX_TLS_CERT",
    parse: settingParsers.optionalText,
    fallback: undefined,
    text: "Certificate chain to serve HTTPS with instead, PEM",
  },
  tlsKeyFile: {
    variable: "KAELIX_TLS_KEY",
    parse: settingParsers.optionalText,
    fallback: undefined,
    text: "Key of that certificate, PEM",
  },
  logUrl: {
    variable: "KAELIX_LOG",
    parse: parseLogUrl,
    fallback: undefined,
    secret: true,
    text: "Kafka cluster to keep the log on, kafka://host:port[,host:port] or kafkas://user:password@…; empty: embedded",
  },
  captureKafka: {
    variable: "KAELIX_CAPTURE_KAFKA",
    parse: settingParsers.optionalText,
    fallback: undefined,
    text: "JSON file of Kafka topics that memories come in from; empty: none",
  },
  kafka: {
    variable: "KAELIX_KAFKA",
    parse: settingParsers.optionalText,
    fallback: undefined,
    text: "Address to serve Kafka clients on, such as 127.0.0.1:9092; they sign in with phone and password (SASL PLAIN); empty: none",
  },
  kafkaCertificateFile: {
    variable: "KAELIX_KAFKA_TLS_CERT",
    parse: settingParsers.optionalText,
    fallback: undefined,
    text: "Certificate chain of the Kafka door, PEM; needed where other machines reach it",
  },
  kafkaKeyFile: {
    variable: "KAELIX_KAFKA_TLS_KEY",
    parse: settingParsers.optionalText,
    fallback: undefined,
    text: "Key of that certificate, PEM",
  },
  databaseUrl: {
    variable: "DATABASE_URL",
    parse: settingParsers.optionalText,
    fallback: undefined,
    secret: true,
    text: "PostgreSQL for the relational view; empty: embedded",
  },
  keyFile: {
    variable: "KAELIX_KEY_FILE",
    parse: settingParsers.optionalText,
    fallback: undefined,
    text: "Key file, mode 0400; empty: keys/kek.json in the data directory",
  },
  claimCode: {
    variable: "KAELIX_CLAIM_CODE",
    parse: settingParsers.optionalText,
    fallback: undefined,
    secret: true,
    text: "Claim code for the first sign-up; empty: a new one at each start until claimed",
  },
  passwordLengthMin: {
    variable: "KAELIX_PASSWORD_LENGTH_MIN",
    parse: settingParsers.integer(8, 128),
    fallback: 8,
    unit: "characters",
    text: "Shortest password that may be chosen",
  },
  loginProviders: {
    variable: "KAELIX_LOGIN_PROVIDERS",
    parse: settingParsers.optionalText,
    fallback: undefined as string | undefined,
    text: "JSON file of accounts elsewhere that people may sign in with (Google, Apple, Facebook, any OpenID provider), mode 0600; empty: none",
  },
  passwordList: {
    variable: "KAELIX_PASSWORD_LIST",
    parse: settingParsers.optionalText,
    fallback: undefined,
    text: "File of passwords that nobody may choose, one a line; empty: the built-in list alone",
  },
  fileBytesMax: {
    variable: "KAELIX_FILE_BYTES_MAX",
    parse: settingParsers.integer(1, 4 * 1_024 ** 3),
    fallback: 100 * 1_024 ** 2,
    unit: "bytes",
    text: "Largest file that is kept with a memory; of a larger one in an import the name alone is kept",
  },
  memoryFilesMax: {
    variable: "KAELIX_MEMORY_FILES_MAX",
    parse: settingParsers.integer(0, 100),
    fallback: 20,
    text: "Most files of one memory; 0 keeps none",
  },
  forgetUndoSeconds: {
    variable: "KAELIX_FORGET_UNDO_SECONDS",
    parse: settingParsers.integer(10, 2_592_000),
    fallback: 60,
    unit: "seconds",
    text: "How long forgetting can be undone before the key is shredded",
  },
  purgeHours: {
    variable: "KAELIX_PURGE_HOURS",
    parse: settingParsers.integer(1, 720),
    fallback: 24,
    unit: "hours",
    text: "Within how many hours after an erasure its keys and what they sealed are gone from the files of the log",
  },
  retentionYears: {
    variable: "KAELIX_RETENTION_YEARS",
    parse: settingParsers.integer(0, 100),
    fallback: 7,
    unit: "years",
    text: "How long memories are kept of who has not chosen, counted from when they were told; announced a week before; 0: for ever",
  },
  backupPlace: {
    variable: "KAELIX_BACKUP",
    parse: settingParsers.optionalText,
    fallback: undefined,
    text: "Where backups are kept: a folder, best on another disk, or s3+https://host/bucket/prefix; empty: no backups",
  },
  backupHours: {
    variable: "KAELIX_BACKUP_HOURS",
    parse: settingParsers.integer(1, 720),
    fallback: 6,
    unit: "hours",
    text: "How often a backup is made",
  },
  backupKeepDays: {
    variable: "KAELIX_BACKUP_KEEP_DAYS",
    parse: settingParsers.integer(1, 36_500),
    fallback: 30,
    unit: "days",
    text: "How long a backup is kept; the newest always stays",
  },
  backupPassphrase: {
    variable: "KAELIX_BACKUP_PASSPHRASE",
    parse: settingParsers.optionalText,
    fallback: undefined,
    secret: true,
    text: "Passphrase that seals backups; empty: the key file does. Memories need the key file in either case",
  },
  backupAccessKey: {
    variable: "KAELIX_BACKUP_ACCESS_KEY",
    parse: settingParsers.optionalText,
    fallback: undefined,
    secret: true,
    text: "Access key of the S3 store",
  },
  backupSecretKey: {
    variable: "KAELIX_BACKUP_SECRET_KEY",
    parse: settingParsers.optionalText,
    fallback: undefined,
    secret: true,
    text: "Secret key of the S3 store",
  },
  backupRegion: {
    variable: "KAELIX_BACKUP_REGION",
    parse: settingParsers.text,
    fallback: "us-east-1",
    text: "Region of the S3 store",
  },
  transitUrl: {
    variable: "KAELIX_TRANSIT_URL",
    parse: settingParsers.optionalText,
    fallback: undefined,
    text: "Vault or OpenBao that keeps the key-encryption key, such as https://vault.example:8200; empty: the key file",
  },
  transitTokenFile: {
    variable: "KAELIX_TRANSIT_TOKEN_FILE",
    parse: settingParsers.optionalText,
    fallback: undefined,
    text: "File with its token; read before every request",
  },
  transitKey: {
    variable: "KAELIX_TRANSIT_KEY",
    parse: settingParsers.text,
    fallback: "kaelix",
    text: "Name of the key there; made when it does not exist and the log is new",
  },
  transitMount: {
    variable: "KAELIX_TRANSIT_MOUNT",
    parse: settingParsers.text,
    fallback: "transit",
    text: "Where its Transit engine is mounted",
  },
  kekDays: {
    variable: "KAELIX_KEK_DAYS",
    parse: settingParsers.integer(0, 3_650),
    fallback: undefined as number | undefined,
    unit: "days",
    text: "Age at which the key-encryption key is renewed by itself; 0: by kaelix kek rotate alone; empty: 7 with Vault or OpenBao, 0 with a key file, whose copies grow old with each renewal",
  },
  ...mailSettings,
  ...smsSettings,
  ...daySettings,
  searchBytesMax: {
    variable: "KAELIX_SEARCH_BYTES_MAX",
    parse: settingParsers.integer(16_777_216, 1_099_511_627_776),
    fallback: 536_870_912,
    unit: "bytes",
    text: "Memory for search indexes; the least recently used are put away above it",
  },
  embedUrl: {
    variable: "KAELIX_EMBED_URL",
    parse: settingParsers.optionalText,
    fallback: undefined,
    text: "OpenAI-compatible endpoint that memories are sent to for their meaning, such as http://127.0.0.1:11434/v1; empty: nothing is sent",
  },
  embedModel: {
    variable: "KAELIX_EMBED_MODEL",
    parse: settingParsers.optionalText,
    fallback: undefined,
    text: "Model of that endpoint; another one embeds every memory anew",
  },
  embedKey: {
    variable: "KAELIX_EMBED_KEY",
    parse: settingParsers.optionalText,
    fallback: undefined,
    secret: true,
    text: "Key of that endpoint; a file of it is better",
  },
  embedKeyFile: {
    variable: "KAELIX_EMBED_KEY_FILE",
    parse: settingParsers.optionalText,
    fallback: undefined,
    text: "File that holds the key of that endpoint and nothing else",
  },
  embedLevelMax: {
    variable: "KAELIX_EMBED_LEVEL_MAX",
    parse: settingParsers.integer(1, 2),
    fallback: 1,
    text: "Highest level that is sent there: 1 general, 2 confidential too; secret and ultra-secret never are",
  },
  embedTokensPerDay: {
    variable: "KAELIX_EMBED_TOKENS_PER_DAY",
    parse: settingParsers.integer(0, 1_000_000_000_000),
    fallback: 5_000_000,
    unit: "tokens",
    text: "Tokens that may be sent there in a day (UTC); then nothing is until the next",
  },
  embedRequestsPerMinute: {
    variable: "KAELIX_EMBED_REQUESTS_PER_MINUTE",
    parse: settingParsers.integer(1, 1_000_000),
    fallback: 600,
    unit: "requests per minute",
    text: "How often that endpoint is asked at most",
  },
  embedConcurrency: {
    variable: "KAELIX_EMBED_CONCURRENCY",
    parse: settingParsers.integer(1, 64),
    fallback: 2,
    unit: "requests",
    text: "Requests to that endpoint at the same time",
  },
  embedTimeoutMs: {
    variable: "KAELIX_EMBED_TIMEOUT_MS",
    parse: settingParsers.integer(100, 600_000),
    fallback: 60_000,
    unit: "milliseconds",
    text: "How long that endpoint may take for one request",
  },
  embedQueryMs: {
    variable: "KAELIX_EMBED_QUERY_MS",
    parse: settingParsers.integer(10, 10_000),
    fallback: 300,
    unit: "milliseconds",
    text: "How long a search waits for what its query means before it answers by words alone",
  },
  ...providerSettings,
  logLevel: {
    variable: "KAELIX_LOG_LEVEL",
    parse: (text: string) => {
      const level = LOG_LEVEL_NAMES.find((name) => name === text);
      return level === undefined ? { must: `one of ${LOG_LEVEL_NAMES.join(", ")}` } : { value: level };
    },
    fallback: "warn" as (typeof LOG_LEVEL_NAMES)[number],
    text: "How much the server says on standard error as JSON lines",
  },
} as const;

/** The settings in force. */
export type ServerSettings = SettingValues<typeof serverSettings>;

/** Reads the settings; what the caller names wins over the environment. */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  overrides: Partial<Pick<ServerSettings, "dataDirectory" | "host" | "port" | "tls">> = {},
): ServerSettings {
  return Object.freeze({ ...parseConfig(serverSettings, environment), ...overrides });
}

/** A setting for people: its variable, the value in force (hidden when secret) and what it means. */
export interface SettingRow {
  readonly variable: string;
  readonly value: string;
  readonly text: string;
}

/** Every setting with the value in force. */
export function settingsReference(environment: Readonly<Record<string, string | undefined>>): readonly SettingRow[] {
  return [...Object.values(serverSettings), ...Object.values(gatewaySettings)].map((setting) => {
    const given = environment[setting.variable];
    const isSecret = "secret" in setting;
    const value = given === undefined || given === "" ? String(setting.fallback ?? "") : isSecret ? "(hidden)" : given;
    return { variable: setting.variable, value, text: setting.text };
  });
}
