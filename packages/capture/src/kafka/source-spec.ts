/**
 * Which topics are sources of memories, and what in their records is the text, the author, the time: a JSON document.
 *
 *     { "sources": [ {
 *       "name": "support",                            letters, digits and -; names the consumer group too
 *       "url": "kafka://127.0.0.1:9092",              kafkas://user:password@… for TLS and SASL; a path is not used
 *       "topics": ["tickets"],
 *       "group": "kaelix-support",                    default: kaelix-<name>
 *       "from": "earliest",                           or "latest": where a group begins that never committed
 *       "owner": "usr_…",                             whose memories; default: the owner of the house
 *       "value": "json",                              or "text": the value is the text itself
 *       "level": "confidential",                      default: the classifier decides
 *       "fields": {
 *         "text": "message.body", "author": "message.from.name", "time": "created_at",
 *         "person": "customer.name", "conversation": "thread.id", "external_id": "id"
 *       } } ] }
 *
 * A path names fields by dots, items of lists by number (`items.0.text`); a list of words is a path whose names hold dots. `$key` is
 * the record's key and `$header.NAME` one of its headers.
 *
 * Guarantees: what it refuses it explains by the place in the document; it never repeats a url.
 */
import { type KafkaPlace, parseKafkaUrl } from "@kaelix/log";
import { type Level, parseId, parseLevel, type UserId } from "@kaelix/model";

/** Where in a record something is. */
export type RecordPath =
  | { readonly type: "value"; readonly names: readonly string[] }
  | { readonly type: "key" }
  | { readonly type: "header"; readonly name: string };

/** What of a record becomes what of a memory. */
export interface RecordMapping {
  readonly value: "json" | "text";
  /** Absent for text values: the whole value is the text. */
  readonly text?: RecordPath;
  readonly author?: RecordPath;
  readonly time?: RecordPath;
  readonly person?: RecordPath;
  readonly conversation?: RecordPath;
  readonly externalId?: RecordPath;
}

/** One source. */
export interface KafkaSourceSpec {
  readonly name: string;
  readonly place: KafkaPlace;
  readonly topics: readonly string[];
  readonly group: string;
  readonly from: "earliest" | "latest";
  readonly owner?: UserId;
  readonly level?: Level;
  readonly mapping: RecordMapping;
}

/** What a document came to. */
export type ParsedSources =
  | { readonly type: "sources"; readonly sources: readonly KafkaSourceSpec[] }
  | { readonly type: "invalid"; readonly why: string };

type JsonObject = Readonly<Record<string, unknown>>;

const SOURCE_FIELDS = ["name", "url", "topics", "group", "from", "owner", "level", "value", "fields"];
const PATH_FIELDS = {
  text: "text",
  author: "author",
  time: "time",
  person: "person",
  conversation: "conversation",
  external_id: "externalId",
} as const;
const SOURCES_MAX = 100;

/** Thrown and caught in this file alone. */
class Refusal extends Error {}

/** Reads the document. */
export function parseKafkaSources(text: string): ParsedSources {
  try {
    const document = parseJson(text);
    if (!isObject(document)) throw new Refusal("the document must be an object with a list of sources");
    refuseUnknown(document, ["sources"], "the document");
    const { sources } = document;
    if (!Array.isArray(sources) || sources.length > SOURCES_MAX) {
      throw new Refusal(`sources must be a list of at most ${SOURCES_MAX}`);
    }
    const specs = sources.map((source, index) => parseSource(source, `sources[${index}]`));
    for (const field of ["name", "group"] as const) {
      const values = specs.map((spec) => spec[field]);
      const twice = values.find((value, index) => values.indexOf(value) !== index);
      if (twice !== undefined) throw new Refusal(`two sources have the ${field} ${twice}: each must have its own`);
    }
    return { type: "sources", sources: specs };
  } catch (error) {
    if (error instanceof Refusal) return { type: "invalid", why: error.message };
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal("the document must be JSON");
  }
}

function parseSource(source: unknown, at: string): KafkaSourceSpec {
  if (!isObject(source)) throw new Refusal(`${at} must be an object`);
  refuseUnknown(source, SOURCE_FIELDS, at);
  const name = textOf(source["name"], `${at}.name`);
  if (!/^[a-zA-Z0-9-]{1,60}$/.test(name)) throw new Refusal(`${at}.name must be 1 to 60 letters, digits and -`);
  const url = parseKafkaUrl(textOf(source["url"], `${at}.url`));
  if (url.type === "invalid") throw new Refusal(`${at}.url must be ${url.must}`);
  const group = source["group"] === undefined ? `kaelix-${name}` : textOf(source["group"], `${at}.group`);
  const from = source["from"] ?? "earliest";
  if (from !== "earliest" && from !== "latest") throw new Refusal(`${at}.from must be "earliest" or "latest"`);
  const owner = source["owner"] === undefined ? undefined : parseId("usr", textOf(source["owner"], `${at}.owner`));
  if (source["owner"] !== undefined && owner === undefined) throw new Refusal(`${at}.owner must be a user's id, usr_…`);
  const level = source["level"] === undefined ? undefined : parseLevel(source["level"]);
  if (source["level"] !== undefined && level === undefined) throw new Refusal(`${at}.level must be a level, 1 to 4`);
  return {
    name,
    place: url.place,
    topics: parseTopics(source["topics"], `${at}.topics`),
    group,
    from,
    ...(owner === undefined ? {} : { owner }),
    ...(level === undefined ? {} : { level }),
    mapping: parseMapping(source, at),
  };
}

function parseTopics(value: unknown, at: string): readonly string[] {
  const isTopic = (topic: unknown): topic is string =>
    typeof topic === "string" && /^[a-zA-Z0-9._-]{1,249}$/.test(topic);
  if (!Array.isArray(value) || value.length === 0 || !value.every(isTopic)) {
    throw new Refusal(`${at} must be a list of one topic's name or more`);
  }
  return [...new Set(value)];
}

function parseMapping(source: JsonObject, at: string): RecordMapping {
  const kind = source["value"] ?? "json";
  if (kind !== "json" && kind !== "text") throw new Refusal(`${at}.value must be "json" or "text"`);
  const fields = source["fields"] ?? {};
  if (!isObject(fields)) throw new Refusal(`${at}.fields must be an object`);
  refuseUnknown(fields, Object.keys(PATH_FIELDS), `${at}.fields`);
  const mapping: Record<string, RecordPath> = {};
  for (const [name, key] of Object.entries(PATH_FIELDS)) {
    if (fields[name] === undefined) continue;
    const path = parsePath(fields[name], `${at}.fields.${name}`);
    if (kind === "text" && path.type === "value") {
      throw new Refusal(`${at}.fields.${name} must be $key or $header.NAME where the value is text`);
    }
    mapping[key] = path;
  }
  if (kind === "json" && mapping["text"] === undefined)
    throw new Refusal(`${at}.fields.text must say where the text is`);
  if (kind === "text" && mapping["text"] !== undefined) {
    throw new Refusal(`${at}.fields.text must be left out where the value is text`);
  }
  return { value: kind, ...mapping };
}

function parsePath(value: unknown, at: string): RecordPath {
  if (Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === "string" && name !== "")) {
    return { type: "value", names: value.map(String) };
  }
  const text = textOf(value, at);
  if (text === "$key") return { type: "key" };
  if (text.startsWith("$header.")) return { type: "header", name: text.slice("$header.".length) };
  const names = text.split(".");
  if (text.startsWith("$") || names.includes("")) {
    throw new Refusal(`${at} must be names joined by dots, $key or $header.NAME`);
  }
  return { type: "value", names };
}

function textOf(value: unknown, at: string): string {
  if (typeof value !== "string" || value === "") throw new Refusal(`${at} must be a text`);
  return value;
}

function refuseUnknown(object: JsonObject, known: readonly string[], at: string): void {
  const unknown = Object.keys(object).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new Refusal(`${at} has an unknown field ${unknown}: must be of ${known.join(", ")}`);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
