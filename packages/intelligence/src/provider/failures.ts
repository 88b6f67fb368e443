import type { ErrorDetails, KaelixError } from "@kaelix/base";

/** What may become of asking a provider. A client of one makes errors of its own table of it. */
export type FailureKind =
  | "setting-invalid"
  | "unreachable"
  | "late"
  | "busy"
  | "failed"
  | "refused"
  | "answer-invalid"
  | "paused"
  | "budget-spent";

/** Makes an error of a client's table. None ever carries a text, a key, or what a provider wrote back. */
export type ProviderFailures = (
  kind: FailureKind,
  more?: { readonly message?: string; readonly details?: ErrorDetails },
) => KaelixError;

/** How long a failure asks to wait, in milliseconds; 0 when it does not say. */
export function waitMsOf(error: unknown): number {
  const details: unknown = typeof error === "object" && error !== null && "details" in error ? error.details : {};
  const waitMs: unknown = typeof details === "object" && details !== null && "waitMs" in details ? details.waitMs : 0;
  return typeof waitMs === "number" ? waitMs : 0;
}

/** A field of what a provider wrote; undefined where there is none. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? new Map(Object.entries(value)).get(name)
    : undefined;
}
