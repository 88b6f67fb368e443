/** The operations of the printed OpenAPI document, and values that fit their schemas. What a new route declares is swept without a word here. */
import { printOpenApi, type Route, routes } from "@kaelix/contract";
import { ACTIONS, parseAction } from "@kaelix/security";

/** JSON Schema as it is printed. */
export type Schema = Readonly<Record<string, unknown>>;

/** One parameter of an operation. */
export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly schema: Schema;
}

/** One operation. */
export interface Operation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** Of the JSON body; undefined when it takes none. */
  readonly body: Schema | undefined;
  readonly isUpload: boolean;
  readonly isPublic: boolean;
  readonly isStream: boolean;
  /** Whose things it is about, by the policy. */
  readonly scope: "public" | "own" | "installation" | "house";
  readonly action: string;
  readonly ifMatch: boolean;
  /** Status → schema of the JSON answered. */
  readonly answers: ReadonlyMap<string, Schema>;
}

/** The document, read. */
export interface Interface {
  readonly operations: readonly Operation[];
  readonly components: Readonly<Record<string, Schema>>;
}

/** Reads the document that the product prints of itself. */
export function readInterface(): Interface {
  const document = printOpenApi("0");
  const components = objectOf(objectOf(document["components"])["schemas"]);
  const operations = Object.entries(objectOf(document["paths"])).flatMap(([path, methods]) =>
    Object.entries(objectOf(methods)).map(([method, operation]) =>
      operationOf(path, method.toUpperCase(), objectOf(operation)),
    ),
  );
  return {
    operations,
    components: Object.fromEntries(Object.entries(components).map(([id, one]) => [id, objectOf(one)])),
  };
}

function operationOf(path: string, method: string, printed: Schema): Operation {
  const entry = Object.entries(routes).find(([, route]) => route.method === method && route.path === path);
  if (entry === undefined) throw new Error(`${method} ${path} is printed but no route`);
  const [name, route] = entry;
  const content = objectOf(objectOf(printed["requestBody"])["content"]);
  const json = objectOf(content["application/json"])["schema"];
  const action = parseAction(route.action);
  const declared: Route = route;
  const parameters = Array.isArray(printed["parameters"]) ? printed["parameters"].map(parameterOf) : [];
  return {
    name,
    method,
    path,
    parameters,
    body: json === undefined ? undefined : objectOf(json),
    isUpload: Object.hasOwn(content, "multipart/form-data"),
    isPublic: route.action === "public",
    isStream: route.success.type === "events",
    scope: action === undefined ? "public" : ACTIONS[action].scope,
    action: route.action,
    ifMatch: declared.ifMatch === true,
    answers: answersOf(objectOf(printed["responses"])),
  };
}

function answersOf(responses: Schema): ReadonlyMap<string, Schema> {
  const answers = new Map<string, Schema>();
  for (const [status, response] of Object.entries(responses)) {
    for (const media of Object.values(objectOf(objectOf(response)["content"]))) {
      answers.set(status, objectOf(objectOf(media)["schema"]));
    }
  }
  return answers;
}

function parameterOf(value: unknown): Parameter {
  const { name, in: place, required, schema } = objectOf(value);
  if (place !== "path" && place !== "query" && place !== "header") throw new Error(`No such place: ${String(place)}`);
  return { name: String(name), in: place, required: required === true, schema: objectOf(schema) };
}

/** What a sample is made with. */
export interface Sampling {
  readonly components: Readonly<Record<string, Schema>>;
  /** An id of a kind, such as `mem`; undefined when there is none. */
  readonly idOf: (prefix: string) => string | undefined;
  /** A text for a place where any text goes. */
  readonly text: () => string;
  /** A whole number from 0 to `below - 1`. */
  readonly pick: (below: number) => number;
  /** True takes optional fields too. */
  readonly isFull: boolean;
}

const ID_PATTERN = /^\^([a-z]{3})_\[0-7\]/;

/** The kind of id that a schema takes; undefined for anything else. */
export function idKindOf(schema: Schema): string | undefined {
  return typeof schema["pattern"] === "string" ? ID_PATTERN.exec(schema["pattern"])?.[1] : undefined;
}

/** A value that fits a schema. Throws when an id is needed and there is none of its kind. */
export function sampleOf(schema: Schema, sampling: Sampling, name = ""): unknown {
  const { components, pick } = sampling;
  if (typeof schema["$ref"] === "string") {
    const id = schema["$ref"].split("/").at(-1) ?? "";
    return sampleOf(components[id] ?? {}, sampling, name);
  }
  if ("const" in schema) return schema["const"];
  if (Array.isArray(schema["enum"])) return schema["enum"][pick(schema["enum"].length)];
  const choices = listOf(schema["anyOf"] ?? schema["oneOf"]);
  if (choices.length > 0 && schema["type"] === undefined) {
    return sampleOf(choices[pick(choices.length)] ?? {}, sampling, name);
  }
  switch (schema["type"]) {
    case "string":
      return textFor(schema, sampling, name);
    case "integer":
    case "number":
      return numberFor(schema, pick);
    case "boolean":
      return pick(2) === 0;
    case "null":
      return null;
    case "array": {
      const least = Number(schema["minItems"] ?? 0);
      const items = Array.from({ length: Math.max(least, sampling.isFull ? 1 : 0) });
      return items.map(() => sampleOf(objectOf(schema["items"]), sampling, name));
    }
    case "object":
      return objectFor(schema, sampling);
    default:
      return sampling.text();
  }
}

function objectFor(schema: Schema, sampling: Sampling): Readonly<Record<string, unknown>> {
  const properties = objectOf(schema["properties"]);
  const [shape] = listOf(schema["anyOf"] ?? schema["oneOf"]);
  const shaped = objectOf(shape?.["properties"] ?? {});
  const required = new Set([...textsOf(schema["required"]), ...textsOf(shape?.["required"])]);
  const names = Object.keys(properties).filter(
    (name) => required.has(name) || (sampling.isFull && shaped[name] !== false),
  );
  // A change of nothing is refused everywhere.
  if (names.length === 0 && Object.keys(properties).length > 0) names.push(Object.keys(properties)[0] ?? "");
  return Object.fromEntries(names.map((name) => [name, sampleOf(objectOf(properties[name]), sampling, name)]));
}

function textFor(schema: Schema, { idOf, text }: Sampling, name: string): string {
  const kind = idKindOf(schema);
  if (kind !== undefined) {
    const id = idOf(kind);
    if (id === undefined) throw new MissingId(kind);
    return id;
  }
  if (schema["format"] === "date-time") return "2031-05-08T12:00:00.000Z";
  if (schema["format"] === "uri" || schema["format"] === "url" || name.endsWith("url"))
    return "https://example.org/hook";
  if (name === "phone") return "+4930123456";
  if (name.endsWith("password")) return "not the password";
  if (name === "zone") return "Europe/Berlin";
  if (typeof schema["example"] === "string") return schema["example"];
  const longest = Number(schema["maxLength"] ?? 200);
  return text()
    .padEnd(Number(schema["minLength"] ?? 0), "x")
    .slice(0, longest);
}

function numberFor(schema: Schema, pick: (below: number) => number): number {
  const least = Number(schema["minimum"] ?? 0);
  const most = Math.min(Number(schema["maximum"] ?? least + 10), least + 50);
  return least + pick(Math.max(1, Math.floor(most - least + 1)));
}

/** Thrown when a sample needs an id of a kind that nobody has. */
export class MissingId extends Error {
  readonly kind: string;

  constructor(kind: string) {
    super(`There is no id of the kind ${kind}`);
    this.kind = kind;
  }
}

/** The fields of an object; none of anything else. */
export function objectOf(value: unknown): Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function listOf(value: unknown): readonly Schema[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
