/**
 * `fetch` that gives up in time and tries again where that does no harm.
 *
 * Guarantees: only what changes nothing by being sent twice is sent again (GET, or anything with an `Idempotency-Key`), three times at
 * most, later each time and never earlier than the server asked; a call ends within its time, body included; a caller who aborts is heard
 * at once, also between tries. Uses what every runtime with `fetch` has, nothing more.
 */
import { KaelixConnectionError } from "./errors.ts";

/** What one call may settle for itself. */
export interface CallSettings {
  readonly signal?: AbortSignal | undefined;
  /** How long one try may take, ms; 0: as long as it takes. */
  readonly timeoutMs?: number | undefined;
}

/** What sending goes by. */
export interface SendingOptions {
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
  /** Tries after the first. */
  readonly retriesMax: number;
  /** True for answers that are read as they come: only their head is waited for. */
  readonly isStream?: boolean;
}

const RETRIED_STATUSES: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);
const FIRST_WAIT_MS = 200;
const WAIT_MS_MAX = 10_000;

/** Makes the `fetch` of one call. */
export function sending(options: SendingOptions, settings: CallSettings): typeof fetch {
  const { retriesMax } = options;
  return async (input, init = {}) => {
    const isRepeatable = init.method === "GET" || new Headers(init.headers).has("idempotency-key");
    for (let tried = 0; ; tried++) {
      const isLast = !isRepeatable || tried >= retriesMax;
      let askedMs = 0;
      try {
        const response = await tryOnce(options, settings, { input, init });
        if (isLast || !RETRIED_STATUSES.has(response.status)) return response;
        askedMs = Number(response.headers.get("retry-after") ?? 0) * 1_000 || 0;
        // Nobody waits minutes without being told: the problem says how long.
        if (askedMs > WAIT_MS_MAX) return response;
      } catch (failure) {
        if (isLast || !(failure instanceof KaelixConnectionError)) throw failure;
      }
      await pause(Math.max(askedMs, backOff(tried)), settings.signal);
    }
  };
}

/** Between half and the whole of a time that doubles with every try. */
export function backOff(tried: number, most = WAIT_MS_MAX): number {
  return Math.min(most, FIRST_WAIT_MS * 2 ** Math.min(tried, 20)) * (0.5 + Math.random() / 2);
}

/** Waits. @throws the signal's reason as soon as it is aborted */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(reasonOf(signal));
    const stop = (): void => {
      clearTimeout(timer);
      reject(reasonOf(signal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** Why a signal was aborted, as an error. */
export function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error("The call was aborted");
}

async function tryOnce(
  options: SendingOptions,
  settings: CallSettings,
  request: { readonly input: Parameters<typeof fetch>[0]; readonly init: RequestInit },
): Promise<Response> {
  const timeoutMs = settings.timeoutMs ?? options.timeoutMs;
  const { signal } = settings;
  if (isAborted(signal)) throw reasonOf(signal);
  const abort = new AbortController();
  let isLate = false;
  const stop = (): void => abort.abort(reasonOf(signal));
  signal?.addEventListener("abort", stop, { once: true });
  const late = (): void => {
    isLate = true;
    abort.abort(new Error("The call took too long"));
  };
  const timer = timeoutMs > 0 ? setTimeout(late, timeoutMs) : undefined;
  try {
    const response = await options.fetch(request.input, { ...request.init, signal: abort.signal });
    if (options.isStream === true && response.ok) return response;
    const body = await response.arrayBuffer();
    const { headers, status } = response;
    return new Response(body.byteLength === 0 ? null : body, { status, headers });
  } catch (failure) {
    if (isAborted(signal)) throw reasonOf(signal);
    if (isLate) throw new KaelixConnectionError("timeout", `The server did not answer within ${timeoutMs} ms`, failure);
    throw new KaelixConnectionError("unreachable", "The server could not be reached", failure);
  } finally {
    clearTimeout(timer);
    // A stream goes on: whoever aborts later ends it.
    if (options.isStream !== true) signal?.removeEventListener("abort", stop);
  }
}

/** Asked anew each time: it changes while we wait. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
