/**
 * One error class for the whole house. What a room can throw is a table: code → { kind, retry, status, text }.
 * Messages are sentence case without a full stop, say what is wrong and what must be, and never carry content of a memory.
 */

/** What sort of trouble an error is; decides who must act. */
export type ErrorKind = "input" | "denied" | "missing" | "conflict" | "busy" | "spent" | "upstream" | "corrupt" | "bug";

/** One row of a room's error table. `status` is the HTTP status of the problem document. */
export interface ErrorRow {
  readonly kind: ErrorKind;
  /** True when the same call may succeed later without any change. */
  readonly retry: boolean;
  readonly status: number;
  readonly text: string;
}

/** Values that explain an error to a caller. Never content of a memory, never a secret. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** What one error adds to its row. */
export interface ErrorOptions {
  /** Defaults to the row's text. */
  readonly message?: string;
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
}

/** The only error class that leaves a room. Callers branch on `code` or `kind`, never on the message. */
export class KaelixError extends Error {
  override readonly name = "KaelixError";
  readonly code: string;
  readonly kind: ErrorKind;
  readonly retry: boolean;
  readonly status: number;
  readonly details: ErrorDetails;

  constructor(code: string, row: ErrorRow, options: ErrorOptions = {}) {
    super(options.message ?? row.text, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.kind = row.kind;
    this.retry = row.retry;
    this.status = row.status;
    this.details = options.details ?? {};
  }
}

/** What `defineErrors` returns: makes errors of one room's table. */
export interface ErrorFactory<Code extends string> {
  /** The table itself, for reference pages and for the map to HTTP. */
  readonly table: Readonly<Record<Code, ErrorRow>>;
  /** Makes the error of a row; `message` defaults to the row's text. */
  (code: Code, options?: ErrorOptions): KaelixError;
}

/**
 * Declares a room's errors.
 *
 * @example
 * export const logErrors = defineErrors({
 *   "log-offset-out-of-range": { kind: "input", retry: false, status: 400, text: "Offset is outside the log" },
 * });
 * throw logErrors("log-offset-out-of-range", { details: { offset: 7 } });
 */
export function defineErrors<const Table extends Readonly<Record<string, ErrorRow>>>(
  table: Table,
): ErrorFactory<keyof Table & string> {
  const make = (code: keyof Table & string, options: ErrorOptions = {}): KaelixError => {
    const row = table[code];
    if (row === undefined) throw new Error(`Unknown error code: ${code}`);
    return new KaelixError(code, row, options);
  };
  return Object.assign(make, { table });
}

/** True for an error of our own, optionally of one code. */
export function isKaelixError(value: unknown, code?: string): value is KaelixError {
  return value instanceof KaelixError && (code === undefined || value.code === code);
}
