import type { Readable } from "node:stream";

import type { Clock, LogPosition } from "@kaelix/base";
import type { RouteName, Routes } from "@kaelix/contract";
import type { Level, UserPrincipal } from "@kaelix/model";
import type { FastifyReply, FastifyRequest } from "fastify";

import type { Application } from "../application.ts";
import type { IdentityPort } from "../identity-port.ts";
import type { WaitWish } from "./preconditions.ts";
import type { Json } from "./wire.ts";

/** What a schema of the contract parses to; nothing where there is none. */
type ParsedOf<R, Part extends string> = R extends {
  readonly [Key in Part]: { readonly _zod: { readonly output: infer Output } };
}
  ? Output
  : undefined;

/** Who asks: nobody yet on public routes. */
type PrincipalOf<R> = R extends { readonly action: "public" } ? undefined : UserPrincipal;

/** One request, parsed and allowed, as a handler sees it. */
export interface Exchange<Name extends RouteName = RouteName> {
  readonly params: ParsedOf<Routes[Name], "params">;
  readonly query: ParsedOf<Routes[Name], "query">;
  readonly body: ParsedOf<Routes[Name], "body">;
  readonly principal: PrincipalOf<Routes[Name]>;
  /** The version that `If-Match` names, on routes that ask for it; 0 on others. */
  readonly expectedVersion: number;
  /** How far the caller wants to wait, on routes that wait. */
  readonly wish: WaitWish | undefined;
  readonly application: Application;
  readonly identity: IdentityPort;
  readonly clock: Clock;
  /** The request itself, for headers and streams. */
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** What a handler answers. The status is the route's unless it says another. */
export type Answer =
  | {
      readonly type: "json";
      readonly body: Json;
      readonly status?: number;
      readonly position?: LogPosition;
      /** Version of the resource: becomes its ETag. */
      readonly version?: number;
      /** Level of what the body shows, for whoever replays the answer later. */
      readonly level?: Level;
      readonly headers?: Readonly<Record<string, string>>;
      /** Id of what came to be, for the audit log. */
      readonly made?: string;
    }
  | { readonly type: "empty"; readonly position?: LogPosition }
  | {
      readonly type: "stream";
      readonly stream: Readable;
      readonly contentType: string;
      /** How it is to be saved; any text. */
      readonly fileName: string;
      /** Absent: 200. */
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The handler has taken the socket over. */
  | { readonly type: "taken" };

/** What serves one route. */
export type Handler<Name extends RouteName> = (exchange: Exchange<Name>) => Answer | Promise<Answer>;

/** Handlers by the names of their routes. */
export type HandlersOf<Names extends RouteName> = { readonly [Name in Names]: Handler<Name> };

/** Leaves out what is undefined, for options where absent is not the same as undefined. */
export function withoutUndefined<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields as undefined extends Fields[Key] ? Key : never]?: Exclude<Fields[Key], undefined> } & {
  [Key in keyof Fields as undefined extends Fields[Key] ? never : Key]: Fields[Key];
} {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  // Exactly the undefined fields have been taken out.
  return Object.fromEntries(entries) as ReturnType<typeof withoutUndefined<Fields>>;
}
