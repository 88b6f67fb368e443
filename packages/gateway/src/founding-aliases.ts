/**
 * The first shapes of the API, kept for whoever was built on them. They are the routes of today under other names:
 *
 * - `POST /auth/login` takes `phone`, `phone_number` or `username` with `password`; answers the tokens of `auth.logIn` without `user`.
 * - `POST /memories/` (and `/memories`) takes `content` and `context`; answers 201 `{ success: true, memory_id }`.
 *
 * `/health`, `/ready` and `/metrics` are served as they always were.
 */
import { assert } from "@kaelix/base";

import type { Alias, RouteEntry } from "./http/route-entries.ts";

const LOG_IN: Omit<Alias, "path"> = {
  fields: new Map([
    ["phone", "phone"],
    ["phone_number", "phone"],
    ["username", "phone"],
    ["password", "password"],
  ]),
  status: 200,
  answer: ({ access_token, token_type, expires_in, refresh_token }) => ({
    access_token,
    token_type,
    expires_in,
    refresh_token,
  }),
};

const REMEMBER: Omit<Alias, "path"> = {
  fields: new Map([
    ["content", "text"],
    ["context", "context"],
  ]),
  status: 201,
  answer: ({ memory }) => ({
    success: true,
    memory_id: typeof memory === "object" && memory !== null && "id" in memory ? memory.id : null,
  }),
};

/** The aliases, as entries that share the handlers of the routes they stand for. */
export function foundingAliases(entries: readonly RouteEntry[]): readonly RouteEntry[] {
  const aliasOf = (name: string, alias: Alias): RouteEntry => {
    const target = entries.find((entry) => entry.name === name);
    assert(target !== undefined, `Cannot start: the alias ${alias.path} stands for ${name}, which is no route`);
    return { ...target, alias, route: { ...target.route, path: alias.path } };
  };
  return [
    aliasOf("auth.logIn", { ...LOG_IN, path: "/auth/login" }),
    aliasOf("memories.create", { ...REMEMBER, path: "/memories/" }),
    aliasOf("memories.create", { ...REMEMBER, path: "/memories" }),
  ];
}

/** Their operations for the OpenAPI document. */
export function foundingPaths(): Readonly<Record<string, unknown>> {
  const text = { type: "string" };
  const said = { type: "string", minLength: 1, pattern: "\\S" };
  const operation = (options: {
    readonly summary: string;
    readonly properties: Readonly<Record<string, unknown>>;
    readonly required: readonly string[];
    /** At least one of these, too. */
    readonly oneOfThese?: readonly string[];
    readonly status: number;
    readonly answer: Readonly<Record<string, unknown>>;
    readonly open: boolean;
  }): Readonly<Record<string, unknown>> => ({
    post: {
      summary: options.summary,
      tags: ["founding"],
      security: options.open ? [] : [{ bearer: [] }],
      requestBody: {
        required: true,
        content: {
          "application/json": {
            schema: {
              type: "object",
              properties: options.properties,
              required: options.required,
              ...(options.oneOfThese && { anyOf: options.oneOfThese.map((name) => ({ required: [name] })) }),
              additionalProperties: false,
            },
          },
        },
      },
      responses: {
        [options.status]: {
          description: "Done",
          content: { "application/json": { schema: { type: "object", properties: options.answer } } },
        },
        default: { description: "A problem document (RFC 9457)" },
      },
    },
  });
  return {
    "/auth/login": operation({
      summary: "First shape of signing in; the phone number may be called phone, phone_number or username",
      properties: { phone: said, phone_number: said, username: said, password: said },
      required: ["password"],
      oneOfThese: ["phone", "phone_number", "username"],
      status: 200,
      answer: { access_token: text, token_type: text, expires_in: { type: "integer" }, refresh_token: text },
      open: true,
    }),
    "/memories/": operation({
      summary: "First shape of telling something",
      properties: {
        content: { allOf: [said, { pattern: String.raw`^[^\u0000]*$` }] },
        context: { oneOf: [text, { type: "object" }] },
      },
      required: ["content"],
      status: 201,
      answer: { success: { const: true }, memory_id: text },
      open: false,
    }),
  };
}
