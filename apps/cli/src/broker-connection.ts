/** Talking to a Kafka broker: ours, or any other. */
import { type KafkaPlace, kafkaClientOptions, type Log, openKafkaLog, parseKafkaUrl } from "@kaelix/log";
import { KAFKA_ERRORS } from "@kaelix/protocol";
import type { Admin, Producer } from "@platformatic/kafka";

import { CommandFailure, EXIT } from "./exit.ts";
import type { OutputOptions } from "./output.ts";

const BROKER_DEFAULT = "127.0.0.1:9092";
/** Why no connection came about. */
const UNREACHED: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);
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

/** What the broker refused, in its own words, or why it was not heard; anything else as it is. */
function brokerFailure(error: unknown, place: KafkaPlace): unknown {
  const all = errorsWithin(error);
  const said = all.flatMap(refusedOf);
  if (said.length > 0) return refusal(said);
  const where = place.brokers.map(({ host, port }) => `${host}:${port}`).join(",");
  if (all.some(({ code }) => UNREACHED.has(code)))
    return new CommandFailure(
      EXIT.unreachable,
      `Cannot reach a Kafka broker at ${where}. Start one with: kaelix streamer`,
    );
  const lost = all.findLast(({ code }) => code === "PLT_KFK_NETWORK" || code === "PLT_KFK_TIMEOUT");
  if (lost === undefined) return error;
  return new CommandFailure(
    EXIT.unreachable,
    `${where} was reached and did not answer as a Kafka broker does (${lost.message}): it may want a user and password, or TLS. What was under way may have been done`,
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

function refusedOf({ apiId, message, serverErrorMessage }: ClientError): Refused[] {
  if (typeof apiId !== "string") return [];
  return [{ id: apiId, text: `${typeof serverErrorMessage === "string" ? serverErrorMessage : message} (${apiId})` }];
}

/** Fields that errors of the client and of Node may have. */
interface ClientError extends Error {
  readonly code?: unknown;
  readonly apiId?: unknown;
  readonly serverErrorMessage?: unknown;
  readonly errors?: unknown;
}

/** An error with all that it was made of. */
function errorsWithin(error: unknown): ClientError[] {
  if (!(error instanceof Error)) return [];
  const one: ClientError = error;
  const inner = Array.isArray(one.errors) ? one.errors : [];
  return [one, ...[...inner, one.cause].flatMap((within: unknown) => errorsWithin(within))];
}
