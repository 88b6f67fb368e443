/**
 * Errors as problem documents (RFC 9457). Guarantees: every error has a stable code whose page is served at its `type`; an error
 * that is not ours becomes `internal` without a word of what it was; nothing here carries what a caller sent.
 */
import { isKaelixError, KaelixError } from "@kaelix/base";
import { PROOF_ALGORITHMS } from "@kaelix/security";

import { gatewayErrors } from "../errors.ts";
import type { ProblemRows } from "./problem-page.ts";

/** One field that is wrong; `pointer` is a JSON pointer into the body, or into parameters by name. */
export interface FieldProblem {
  readonly pointer: string;
  readonly detail: string;
}

/** An error of wrong fields. */
export class FieldsError extends KaelixError {
  readonly fields: readonly FieldProblem[];

  constructor(fields: readonly FieldProblem[]) {
    const first = fields[0];
    const message = first === undefined ? undefined : `Cannot use ${first.pointer || "the body"}: ${first.detail}`;
    super("request-invalid", gatewayErrors.table["request-invalid"], message === undefined ? {} : { message });
    this.fields = fields;
  }
}

/** A document with the status and headers it is sent with. */
export interface Problem {
  readonly code: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly document: Readonly<Record<string, unknown>>;
  /** True when the error is not one of ours and must be looked at. */
  readonly unexpected: boolean;
}

const RETRY_AFTER_SECONDS = 1;

/** What of Fastify's own errors means what to us. */
const FRAMEWORK_CODES: Readonly<Record<string, keyof typeof gatewayErrors.table>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "body-too-large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "media-type-unsupported",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "request-malformed",
  FST_ERR_CTP_EMPTY_JSON_BODY: "json-malformed",
  FST_ERR_CTP_INVALID_JSON_BODY: "json-malformed",
  FST_ERR_BAD_URL: "request-malformed",
  // Nothing can be at an address with a part that long.
  FST_ERR_MAX_PARAM_LENGTH: "not-found",
  FST_ERR_ASYNC_CONSTRAINT: "request-malformed",
  FST_REQ_FILE_TOO_LARGE: "body-too-large",
  FST_FILES_LIMIT: "upload-missing",
  FST_FIELDS_LIMIT: "upload-missing",
  FST_PARTS_LIMIT: "upload-missing",
  FST_PROTO_VIOLATION: "json-key-refused",
  FST_INVALID_MULTIPART_CONTENT_TYPE: "media-type-unsupported",
};

/** Makes the problem document of anything that was thrown while `instance` (a path without its query) was served. */
export function problemOf(
  error: unknown,
  request: { readonly instance: string; readonly traceId: string },
  rows: ProblemRows,
): Problem {
  const known = ourErrorOf(error);
  const problem = known ?? gatewayErrors("internal");
  const document: Record<string, unknown> = {
    type: `/problems/${problem.code}`,
    title: rows.get(problem.code)?.text ?? KIND_TITLES[problem.kind],
    status: problem.status,
    detail: problem.message,
    instance: request.instance,
    code: problem.code,
    trace_id: request.traceId,
  };
  if (problem instanceof FieldsError) document["errors"] = problem.fields;
  if (Object.keys(problem.details).length > 0) document["details"] = problem.details;
  const { code, status } = problem;
  return { code, status, headers: headersOf(problem), document, unexpected: known === undefined };
}

function ourErrorOf(error: unknown): KaelixError | undefined {
  if (isKaelixError(error)) return error;
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  const mapped = typeof code === "string" ? FRAMEWORK_CODES[code] : undefined;
  return mapped === undefined ? undefined : gatewayErrors(mapped);
}

/** For codes of tables that the gateway was not given. */
const KIND_TITLES = {
  input: "Request cannot be used",
  denied: "Not allowed",
  missing: "There is no such thing",
  conflict: "In conflict with what is there",
  busy: "Busy: try again",
  spent: "Budget is spent",
  upstream: "A service behind does not answer",
  corrupt: "Damaged data",
  bug: "Something went wrong inside",
} as const;

function headersOf(error: KaelixError): Record<string, string> {
  const headers: Record<string, string> = {};
  if (error.status === 401) headers["www-authenticate"] = challengeOf(error.code);
  if (error.retry && (error.status === 429 || error.status === 503 || error.status === 409)) {
    const waitMs = error.details["retryAfterMs"];
    headers["retry-after"] = String(typeof waitMs === "number" ? Math.ceil(waitMs / 1_000) : RETRY_AFTER_SECONDS);
  }
  const version = error.details["version"];
  if (error.code === "version-stale" && typeof version === "number") headers["etag"] = `"${version}"`;
  return headers;
}

/** RFC 6750 §3: no error code when no token was sent. */
function challengeOf(code: string): string {
  if (code === "token-invalid" || code === "token-expired" || code === "key-invalid") {
    return `Bearer realm="kaelix", error="invalid_token", error_description="${code}"`;
  }
  if (code === "key-proof-invalid") {
    return `DPoP realm="kaelix", error="invalid_dpop_proof", algs="${PROOF_ALGORITHMS.join(" ")}"`;
  }
  return 'Bearer realm="kaelix"';
}

/** Name, code and places of an error for the log; its message stays out, for it may quote data. */
export function describeForLog(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { error: typeof error };
  const frames = (error.stack ?? "").split("\n").filter((line) => line.trimStart().startsWith("at "));
  const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  const cause = error.cause instanceof Error ? { cause: describeForLog(error.cause) } : {};
  return { error: error.name, ...code, frames: frames.slice(0, 8).map((line) => line.trim()), ...cause };
}
