/** A problem document as the client throws it. */
export class KaelixProblem extends Error {
  override readonly name = "KaelixProblem";
  readonly status: number;
  /** Stable code, the last part of the problem's `type`. */
  readonly code: string;
  readonly detail: string;
  readonly traceId: string | undefined;
  readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: number, document: Readonly<Record<string, unknown>>) {
    const text = (key: string): string | undefined => {
      const value = document[key];
      return typeof value === "string" ? value : undefined;
    };
    const detail = text("detail") ?? text("title") ?? `The server answered ${status}`;
    super(detail);
    this.status = status;
    this.code = text("code") ?? "unknown";
    this.detail = detail;
    this.traceId = text("trace_id");
    this.errors = Array.isArray(document["errors"]) ? document["errors"] : [];
    const details = document["details"];
    this.details = typeof details === "object" && details !== null ? { ...details } : {};
  }
}
