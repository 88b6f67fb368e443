import type { ServerResponse } from "node:http";

/** Aborted when whoever asked has gone. */
export function goneOf(raw: ServerResponse): AbortSignal {
  const gone = new AbortController();
  raw.once("close", () => {
    if (!raw.writableFinished) gone.abort(new Error("Whoever asked has gone"));
  });
  return gone.signal;
}
