/**
 * The typed client: one `call` over a table of routes. Runs wherever `fetch` is; keeps no state but the tokens it is given.
 *
 * A door of its own (`@kaelix/contract/calls`): nothing behind it loads a schema, so that a page or an app that brings its own table of
 * the few routes it calls takes along neither the schemas nor zod.
 */
import { KaelixProblem } from "./problem.ts";
import { PURPOSE_HEADER } from "./purpose-header.ts";
import type { CallInput, CallOutput, Route } from "./route.ts";
import type { RouteName, Routes } from "./routes.ts";

export { KaelixProblem };

/** What a call must know of a route. */
export type RouteFacts = Pick<Route, "method" | "path" | "action"> & {
  readonly success: Pick<Route["success"], "type">;
};

/** What a client needs to know. */
export interface ClientOptions {
  /** Origin of the server without a slash at the end; empty in a page that the server itself served. */
  readonly baseUrl: string;
  /** The access token to send, when there is one. */
  readonly accessToken?: () => string | undefined;
  /** Called once after a 401; true when a new token was got and the call shall be sent again. */
  readonly renew?: () => Promise<boolean>;
  readonly fetch?: typeof fetch;
  /** What one reads for, when it is for something: opens shares that are for this purpose alone. */
  readonly purpose?: () => string | undefined;
}

/** What one call may add. */
export interface CallOptions {
  readonly ifMatch?: string;
  readonly idempotencyKey?: string;
  /** Read your writes: wait until views have folded this position. */
  readonly after?: string;
  /** Seconds to wait for a state; with `until`. */
  readonly waitSeconds?: number;
  readonly until?: "stored" | "indexed" | "classified";
  /** Go on with a stream of events after this one. */
  readonly lastEventId?: string;
  readonly signal?: AbortSignal;
  /** Instead of the purpose of the client. */
  readonly purpose?: string;
  /** The file of an upload. */
  readonly file?: { readonly name: string; readonly data: Blob };
}

/** A parsed answer with the headers that matter. */
export interface CallResult<Output> {
  readonly status: number;
  readonly data: Output;
  /** Version of the resource, to send as `ifMatch`. */
  readonly etag: string | undefined;
  /** Position on the log that the call reached, to send as `after`. */
  readonly position: string | undefined;
}

/** A client bound to a server and to some of its routes. */
export interface Calls<Names extends RouteName> {
  /** Calls a route. @throws KaelixProblem for any answer that is not a success. */
  call<Name extends Names>(
    name: Name,
    input?: CallInput<Routes[Name]>,
    options?: CallOptions,
  ): Promise<CallResult<CallOutput<Routes[Name]>>>;
  /** Calls a route and hands over the response itself, for streams. @throws KaelixProblem */
  open<Name extends Names>(name: Name, input?: CallInput<Routes[Name]>, options?: CallOptions): Promise<Response>;
}

/** Makes a client of the routes of a table. */
export function createCalls<Names extends RouteName>(
  table: Readonly<Record<Names, RouteFacts>>,
  options: ClientOptions,
): Calls<Names> {
  const send = options.fetch ?? globalThis.fetch.bind(globalThis);

  async function open(route: RouteFacts, input: LooseInput, call: CallOptions): Promise<Response> {
    const request = (): Promise<Response> =>
      send(options.baseUrl + urlOf(route, input), requestOf(route, input, call, options));
    let response = await request();
    if (response.status === 401 && route.action !== "public" && (await options.renew?.()) === true)
      response = await request();
    if (!response.ok) throw new KaelixProblem(response.status, await documentOf(response));
    return response;
  }

  return {
    open: (name, input, call) => open(table[name], input ?? {}, call ?? {}),
    call: async <Name extends Names>(name: Name, input?: CallInput<Routes[Name]>, call?: CallOptions) => {
      const route = table[name];
      const response = await open(route, input ?? {}, call ?? {});
      const body: unknown = route.success.type === "json" ? await response.json() : undefined;
      return {
        status: response.status,
        // The server answers what the route's schema says; the gateway's tests check every answer against it.
        data: body as CallOutput<Routes[Name]>,
        etag: response.headers.get("etag") ?? undefined,
        position: response.headers.get("kaelix-position") ?? undefined,
      };
    },
  };
}

interface LooseInput {
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
}

/** Parameters as text; those that are absent are left out. */
function entriesOf(value: unknown): [string, string][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]: [string, unknown]): [string, string][] =>
    typeof part === "string" || typeof part === "number" || typeof part === "boolean" ? [[key, String(part)]] : [],
  );
}

function urlOf(route: RouteFacts, input: LooseInput): string {
  let path = route.path;
  for (const [key, value] of entriesOf(input.params)) path = path.replace(`{${key}}`, encodeURIComponent(value));
  const query = new URLSearchParams();
  for (const [key, value] of entriesOf(input.query)) query.set(key, value);
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}

function requestOf(route: RouteFacts, input: LooseInput, call: CallOptions, options: ClientOptions): RequestInit {
  const headers = new Headers({ accept: "application/json, application/problem+json" });
  const token = options.accessToken?.();
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  const purpose = call.purpose ?? options.purpose?.();
  if (purpose !== undefined) headers.set(PURPOSE_HEADER, purpose);
  if (call.ifMatch !== undefined) headers.set("if-match", call.ifMatch);
  if (call.idempotencyKey !== undefined) headers.set("idempotency-key", call.idempotencyKey);
  if (call.after !== undefined) headers.set("kaelix-after", call.after);
  if (call.lastEventId !== undefined) headers.set("last-event-id", call.lastEventId);
  if (call.waitSeconds !== undefined) {
    headers.set("prefer", `wait=${call.waitSeconds}, kaelix-until=${call.until ?? "indexed"}`);
  }
  const init: RequestInit = { method: route.method, headers, credentials: "same-origin" };
  if (call.signal !== undefined) init.signal = call.signal;
  if (call.file !== undefined) {
    const form = new FormData();
    form.set("file", call.file.data, call.file.name);
    init.body = form;
  } else if (input.body !== undefined) {
    headers.set("content-type", "application/json");
    init.body = JSON.stringify(input.body);
  }
  return init;
}

async function documentOf(response: Response): Promise<Readonly<Record<string, unknown>>> {
  try {
    const parsed: unknown = await response.json();
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}
