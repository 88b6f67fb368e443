import type { z } from "zod";

/** Methods a route may have. */
export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

/** What a route answers when all is well. */
export type Success =
  | { readonly status: number; readonly type: "json"; readonly schema: z.ZodType }
  | { readonly status: number; readonly type: "empty" }
  | { readonly status: number; readonly type: "ndjson"; readonly schema: z.ZodType }
  /** Server-sent events: what the data of each holds, by its name. */
  | { readonly status: number; readonly type: "events"; readonly events: Readonly<Record<string, z.ZodType>> }
  | { readonly status: number; readonly type: "text"; readonly mediaType: string };

/** One route: all that gateway, client and documentation know of it. */
export interface Route {
  /** Path with `{name}` parameters. Routes of the API start with `/api/v1`. */
  readonly path: string;
  readonly method: Method;
  /** The action that `decide` is asked about; `public` needs no sign-in. */
  readonly action: string;
  readonly tag: string;
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** The body is one file in `multipart/form-data`, field `file`. */
  readonly upload?: boolean;
  readonly success: Success;
  /** True when `If-Match` with the current version must be sent (428 without, 412 when stale). */
  readonly ifMatch?: boolean;
  /** True when `Idempotency-Key` is honoured. */
  readonly idempotencyKey?: boolean;
  /** True when `Prefer: wait` and `Kaelix-After` are honoured. */
  readonly waits?: boolean;
}

/** What a caller passes of a schema: its input side, nothing where there is none. */
type InputOf<Schema> = Schema extends z.ZodType ? z.input<Schema> : undefined;

/** Input of a call: only the parts that the route has. */
export interface CallInput<R extends Route> {
  readonly params?: InputOf<R["params"]>;
  readonly query?: InputOf<R["query"]>;
  readonly body?: InputOf<R["body"]>;
}

/** Output of a call: the parsed JSON, or nothing. */
export type CallOutput<R extends Route> = R["success"] extends { readonly type: "json"; readonly schema: infer Schema }
  ? Schema extends z.ZodType
    ? z.output<Schema>
    : never
  : undefined;
