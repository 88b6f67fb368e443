/** The server did not answer: it could not be reached, or not in time. What it does answer with is a `KaelixProblem`. */
export class KaelixConnectionError extends Error {
  override readonly name = "KaelixConnectionError";
  readonly reason: "unreachable" | "timeout";

  constructor(reason: "unreachable" | "timeout", message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
  }
}
