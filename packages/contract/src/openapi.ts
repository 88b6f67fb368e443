/** OpenAPI 3.1, printed from the table of routes. */
import { z } from "zod";

import type { Route, Success } from "./route.ts";
import { routes } from "./routes.ts";
import { problemSchema } from "./schemas.ts";

type Json = Readonly<Record<string, unknown>>;

/** The OpenAPI 3.1 document of this version. Plain JSON. */
export function printOpenApi(version: string): Json {
  const components: Record<string, unknown> = {};
  const paths: Record<string, Record<string, unknown>> = {};
  const problem = schemaOf(problemSchema, "output", components);
  for (const [name, route] of Object.entries(routes)) {
    const path = (paths[route.path] ??= {});
    path[route.method.toLowerCase()] = operationOf(name, route, problem, components);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Kaelix",
      version,
      summary: "A memory server for people and their agents",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description: "An access token of a session, or a key of a program (klx_…)",
        },
      },
    },
  };
}

function operationOf(name: string, route: Route, problem: Json, components: Record<string, unknown>): Json {
  const operation: Record<string, unknown> = {
    operationId: name.replace(".", "_"),
    summary: route.summary,
    tags: [route.tag],
    security: route.action === "public" ? [] : [{ bearer: [] }],
    parameters: [...parametersOf(route.params, "path"), ...parametersOf(route.query, "query"), ...headersOf(route)],
    responses: {
      [String(route.success.status)]: answerOf(route.success, components),
      ...(name === "memories.create" ? { "200": answerOf(route.success, components) } : {}),
      default: {
        description: "A problem document (RFC 9457)",
        content: { "application/problem+json": { schema: problem } },
      },
    },
  };
  if (route.upload === true) {
    const schema = { type: "object", required: ["file"], properties: { file: { type: "string", format: "binary" } } };
    operation["requestBody"] = { required: true, content: { "multipart/form-data": { schema } } };
  } else if (route.body !== undefined) {
    const schema = schemaOf(route.body, "input", components);
    // No body is read as an empty one.
    const required = !route.body.safeParse({}).success;
    operation["requestBody"] = { required, content: { "application/json": { schema } } };
  }
  return operation;
}

function answerOf(success: Success, components: Record<string, unknown>): Json {
  const headers = { "Kaelix-Position": { schema: { type: "string" }, description: "topic/partition/offset reached" } };
  switch (success.type) {
    case "json":
      return {
        description: "Done",
        headers,
        content: { "application/json": { schema: schemaOf(success.schema, "output", components) } },
      };
    case "ndjson":
      return {
        description: "One object a line",
        content: { "application/x-ndjson": { schema: schemaOf(success.schema, "output", components) } },
      };
    case "events":
      return {
        description: "Server-sent events; the schema is of each one",
        content: { "text/event-stream": { schema: eventOf(success.events, components) } },
      };
    case "text":
      return { description: "Text", content: { [success.mediaType]: { schema: { type: "string" } } } };
    case "empty":
      return { description: "Done, nothing to say" };
  }
}

/** One server-sent event. OpenAPI 3.1 has no word for a sequence, so that tools read the schema of a stream as that of each event. */
function eventOf(events: Readonly<Record<string, z.ZodType>>, components: Record<string, unknown>): Json {
  const kinds = Object.entries(events).map(([name, schema]) => ({
    type: "object",
    required: ["event", "data"],
    properties: {
      event: { const: name },
      id: { type: "string" },
      data: {
        type: "string",
        contentMediaType: "application/json",
        contentSchema: schemaOf(schema, "output", components),
      },
    },
  }));
  return { oneOf: kinds };
}

function parametersOf(schema: z.ZodObject | undefined, place: "path" | "query"): Json[] {
  if (schema === undefined) return [];
  // By its fields alone: a schema with a name of its own is printed as a reference to it.
  const printed = z.toJSONSchema(z.strictObject(schema.shape), { io: "input", unrepresentable: "any" });
  const required = new Set(printed.required);
  return Object.entries(printed.properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: place === "path" || required.has(name),
    schema: property,
  }));
}

function headersOf(route: Route): Json[] {
  return [
    ...(route.ifMatch === true ? [HEADERS.ifMatch] : []),
    ...(route.idempotencyKey === true ? [HEADERS.idempotencyKey] : []),
    ...(route.waits === true ? [HEADERS.prefer, HEADERS.after] : []),
  ];
}

const HEADERS = {
  ifMatch: {
    name: "If-Match",
    in: "header",
    required: true,
    description: "ETag of the version to change",
    schema: { type: "string", pattern: '^"[1-9][0-9]{0,14}"$' },
  },
  idempotencyKey: {
    name: "Idempotency-Key",
    in: "header",
    required: false,
    description: "The same key gives the same answer for 24 hours",
    schema: { type: "string", pattern: "^[!-~]{1,255}$" },
  },
  prefer: {
    name: "Prefer",
    in: "header",
    required: false,
    description: "wait=SECONDS, kaelix-until=stored|indexed|classified",
    schema: { type: "string" },
  },
  after: {
    name: "Kaelix-After",
    in: "header",
    required: false,
    description: "Wait until views have folded this position: topic/partition/offset",
    schema: { type: "string", pattern: "^[a-zA-Z0-9._-]{1,249}/[0-9]{1,6}[/@][0-9]{1,15}$" },
  },
} as const;

/** A schema as JSON Schema 2020-12 with the named ones moved to `components`. */
function schemaOf(schema: z.ZodType, io: "input" | "output", components: Record<string, unknown>): Json {
  const { $schema: _dialect, $defs: definitions, ...printed } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  const moved = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/'));
  for (const [name, definition] of Object.entries(definitions ?? {})) components[name] ??= moved(definition);
  const body = moved(printed);
  const id = schema.meta()?.id;
  if (id === undefined) return { ...(typeof body === "object" ? body : {}) };
  components[id] ??= body;
  return { $ref: `#/components/schemas/${id}` };
}
