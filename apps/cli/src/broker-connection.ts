/** Talking to a Kafka broker: ours, or any other. */
import { type KafkaPlace, kafkaClientOptions, type Log, openKafkaLog, parseKafkaUrl } from "@kaelix/log";
import { KAFKA_ERRORS } from "@kaelix/protocol";
import type { Admin, Producer } from "@platformatic/kafka";

import { CommandFailure, EXIT } from "./exit.ts";
import type { OutputOptions } from "./output.ts";

const BROKER_DEFAULT = "127.0.0.1:9092";
const CONFIG_SHAPE = /^([a-z0-9.]+)=(.*)$/s;

/** Options of every command that talks to a broker. */
export interface BrokerOptions extends OutputOptions {
  /** `host:port[,host:port]`, or a URL with user, TLS and mechanism (`kafkas://user:password@host:9093`). */
  readonly broker?: string;
}

/** Names of topics and groups are the cluster's own here: no prefix. */
function placeOf(options: BrokerOptions): KafkaPlace {
  const given = options.broker ?? process.env["KAELIX_BROKER"] ?? BROKER_DEFAULT;
  const parsed = parseKafkaUrl(given.includes("://") ? given : `kafka://${given}`);
  if (parsed.type === "place") return { ...parsed.place, prefix: "" };
  throw new CommandFailure(EXIT.usage, `Cannot use --broker: it must be ${parsed.must}`);
}

/** Runs an action with an administrator of the cluster. */
export async function withAdmin<Result>(
  options: BrokerOptions,
  action: (admin: Admin) => Promise<Result>,
): Promise<Result> {
  const place = placeOf(options);
  const [client, shared] = await Promise.all([import("@platformatic/kafka"), kafkaClientOptions(place)]);
  const admin = new client.Admin({ ...shared, clientId: "kaelix", retries: 1 });
  try {
    return await action(admin);
  } catch (error) {
    throw brokerFailure(error, place);
  } finally {
    await admin.close();
  }
}

/** Ends the command when a broker's answer, or a part of it, is a refusal. */
export function assertGranted({
  errorCode,
  errorMessage,
}: {
  readonly errorCode: number;
  readonly errorMessage: string | null;
}): void {
  if (errorCode === KAFKA_ERRORS.NONE) return;
  const [id = `error ${errorCode}`] = Object.entries(KAFKA_ERRORS).find(([, code]) => code === errorCode) ?? [];
  throw refusal([{ id, text: `${errorMessage ?? "The broker refused it"} (${id})` }]);
}

/** Runs an action with a producer. Keys and values are bytes. */
export async function withProducer<Result>(
  options: BrokerOptions,
  action: (producer: Producer) => Promise<Result>,
): Promise<Result> {
  const place = placeOf(options);
  const [client, shared] = await Promise.all([import("@platformatic/kafka"), kafkaClientOptions(place)]);
  const producer = new client.Producer({
    ...shared,
    clientId: "kaelix",
    retries: 1,
    autocreateTopics: true,
  });
  try {
    return await action(producer);
  } catch (error) {
    throw brokerFailure(error, place);
  } finally {
    await producer.close();
  }
}

/** Runs an action with the cluster's topics as a log. */
export async function withLog<Result>(options: BrokerOptions, action: (log: Log) => Promise<Result>): Promise<Result> {
  const log = await openKafkaLog({ place: placeOf(options) });
  try {
    return await action(log);
  } finally {
    await log.close();
  }
}

/** The place itself, for a member of a group. */
export function brokerPlace(options: BrokerOptions): KafkaPlace {
  return placeOf(options);
}

/** Reads `name=value` settings. */
export function parseConfigs(given: readonly string[]): { readonly name: string; readonly value: string }[] {
  return given.map((text) => {
    const [, name, value] = CONFIG_SHAPE.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      throw new CommandFailure(EXIT.usage, `Cannot use setting "${text}": it must be written as name=value`);
    }
    return { name, value };
  });
}

/** What the broker refused, in its own words, found in the client's nested errors. */
function brokerFailure(error: unknown, place: KafkaPlace): unknown {
  if (error instanceof CommandFailure) return error;
  const said = protocolErrors(error);
  if (said.length > 0) return refusal(said);
  const where = place.brokers.map(({ host, port }) => `${host}:${port}`).join(",");
  return new CommandFailure(
    EXIT.unreachable,
    `Cannot reach a Kafka broker at ${where}: nothing was changed. Start one with: kaelix streamer`,
  );
}

/** An error of the protocol, and what the broker says of it. */
interface Refused {
  readonly id: string;
  readonly text: string;
}

function refusal(said: readonly Refused[]): CommandFailure {
  const missing = said.some(({ id }) => id === "UNKNOWN_TOPIC_OR_PARTITION" || id === "GROUP_ID_NOT_FOUND");
  const taken = said.some(({ id }) => id === "TOPIC_ALREADY_EXISTS" || id === "NON_EMPTY_GROUP");
  const code = missing ? EXIT.missing : taken ? EXIT.conflict : EXIT.failed;
  return new CommandFailure(code, [...new Set(said.map(({ text }) => text))].join("; "));
}

function protocolErrors(error: unknown): Refused[] {
  if (!(error instanceof Error)) return [];
  const inner = "errors" in error && Array.isArray(error.errors) ? error.errors : [];
  const found = inner.flatMap((one: unknown) => protocolErrors(one));
  if ("apiId" in error && typeof error.apiId === "string") {
    const detail =
      "serverErrorMessage" in error && typeof error.serverErrorMessage === "string"
        ? error.serverErrorMessage
        : error.message;
    found.push({ id: error.apiId, text: `${detail} (${error.apiId})` });
  }
  return error.cause === undefined ? found : [...found, ...protocolErrors(error.cause)];
}
