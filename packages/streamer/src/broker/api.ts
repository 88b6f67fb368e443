/**
 * How an API of the Kafka protocol is served: the seam between the sockets and the rooms that answer (groups, transactions, admin…).
 *
 * The connection reads a frame, decodes its header, decodes the body with the API's codec, calls `handle`, and writes the responses in
 * request order. A handler is given plain messages and gives plain messages: it knows no socket and no version but `context.version`.
 */
import type { WireReader, WireWriter } from "@kaelix/protocol";

/** Who is asking, as Kafka writes it: `User:alice`. */
export interface KafkaPrincipal {
  readonly type: string;
  readonly name: string;
}

/** What surrounds a request. */
export interface RequestContext {
  readonly version: number;
  readonly clientId: string | null;
  readonly principal: KafkaPrincipal;
  /** The client's address without port. */
  readonly clientHost: string;
  /** Which of the broker's listeners the connection came in on. */
  readonly listener: string;
  /** Aborts when the connection is gone. */
  readonly signal: AbortSignal;
  /** Calls a function once all of the answer's bytes have left the process; never when they do not. */
  onSent(listener: () => void): void;
  /** Tells of work on the request after its handler first waited, ms: it counts to quotas of time, waiting does not. */
  worked(ms: number): void;
}

/**
 * One API: its codec and its handler. Response types carry `throttleTimeMs` where the protocol has it; the connection fills it in.
 * `handle` returns undefined when the protocol sends no response (Produce with acks=0).
 * An error thrown by `handle` closes nothing: `failed` turns its Kafka error code into a response.
 */
export interface ServedApi<Request, Response> {
  readonly key: number;
  readonly decodeRequest: (reader: WireReader, version: number) => Request;
  readonly encodeResponse: (writer: WireWriter, version: number, response: Response) => void;
  readonly handle: (request: Request, context: RequestContext) => Response | undefined | Promise<Response | undefined>;
  /**
   * True when `handle` does everything that must keep its order before it returns, so that the connection's next request may begin
   * while this one's answer is still awaited. Answers keep their order in any case. Default: the next request waits for the answer.
   */
  readonly overlaps?: (request: Request, context: RequestContext) => boolean;
  /**
   * True when bytes in a request are views of memory that others write to as soon as `handle` has returned: a handler that waits copies
   * what it still needs. Default: they are the request's own.
   */
  readonly borrows?: boolean;
  /** The response that says this error for everything the request asked. */
  readonly failed: (request: Request, errorCode: number, message: string) => Response;
}

/** What an operation is done to, in Kafka's ACL vocabulary. */
export type AclResourceType = "topic" | "group" | "cluster" | "transactional_id";

/** What is done, in Kafka's ACL vocabulary. */
export type AclOperation =
  | "read"
  | "write"
  | "create"
  | "delete"
  | "alter"
  | "describe"
  | "cluster_action"
  | "describe_configs"
  | "alter_configs"
  | "idempotent_write";

/** Decides whether a principal may do something. Pure and fast: it is called for every topic of every request. */
export interface Authorizer {
  allows(
    principal: KafkaPrincipal,
    operation: AclOperation,
    resource: { readonly type: AclResourceType; readonly name: string },
    clientHost: string,
  ): boolean;
}
