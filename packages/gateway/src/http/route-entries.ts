/** The table of routes joined with its handlers. What does not fit together stops the boot, not a request. */
import { assert } from "@kaelix/base";
import type { Route } from "@kaelix/contract";

import type { Answer, Exchange } from "./exchange.ts";

/** A handler whose route is known at run time only. */
export type AnyHandler = (exchange: Exchange) => Answer | Promise<Answer>;

/** One route with what serves it. */
export interface RouteEntry {
  readonly name: string;
  readonly route: Route;
  readonly handler: AnyHandler;
  /** Present on older shapes of a route. */
  readonly alias?: Alias;
}

/** How an older shape differs from the route it stands for. */
export interface Alias {
  readonly path: string;
  /** The fields it takes: its name for a field → the route's. */
  readonly fields: ReadonlyMap<string, string>;
  readonly status: number;
  readonly answer: (body: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
}

/**
 * Joins routes and handlers.
 * @throws AssertionFailure when a route has no handler, a handler has no route, or an action is not one that the policy knows
 */
export function joinRoutes(
  routes: Readonly<Record<string, Route>>,
  handlers: Readonly<Record<string, AnyHandler>>,
  actions: ReadonlySet<string>,
): readonly RouteEntry[] {
  for (const name of Object.keys(handlers)) {
    assert(Object.hasOwn(routes, name), `Cannot start: the handler ${name} has no route in the contract`);
  }
  return Object.entries(routes).map(([name, route]) => {
    const handler = handlers[name];
    assert(handler !== undefined && Object.hasOwn(handlers, name), `Cannot start: the route ${name} has no handler`);
    const isKnown = route.action === "public" || actions.has(route.action);
    assert(isKnown, `Cannot start: the action ${route.action} of the route ${name} is not known to the policy`);
    return { name, route, handler };
  });
}

/** A path of the contract as Fastify writes it: `/memories/{id}` → `/memories/:id`. */
export function fastifyPath(path: string): string {
  return path.replaceAll(/\{([a-z_]+)\}/g, ":$1");
}

/**
 * Which methods there are at a path; for `405` and `Allow`. As in OpenAPI, a path that is named goes before one with a name for a part of it,
 * whatever its methods.
 */
export function methodIndex(places: readonly { readonly path: string; readonly method: string }[]): {
  /** All there are; none when nothing is there. */
  readonly at: (path: string) => readonly string[];
  /** Those of a path that is named itself; undefined when it is not. */
  readonly named: (path: string) => readonly string[] | undefined;
} {
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of places) {
    const known = methods.get(path) ?? new Set();
    methods.set(path, known.add(method));
    if (method === "GET") known.add("HEAD");
  }
  const rows = [...methods].map(([path, there]) => ({
    there: [...there],
    pattern: new RegExp(`^${path.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&").replaceAll(/\{[a-z_]+\}/g, "[^/]+")}$`),
  }));
  const named = (path: string): readonly string[] | undefined => {
    const there = methods.get(path);
    return there === undefined ? undefined : [...there];
  };
  const fitting = (path: string): readonly string[] => [
    ...new Set(rows.filter(({ pattern }) => pattern.test(path)).flatMap(({ there }) => there)),
  ];
  return { named, at: (path) => named(path) ?? fitting(path) };
}
