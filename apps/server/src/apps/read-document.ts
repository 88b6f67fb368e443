/**
 * What an app says of itself, read at the address that is its id.
 *
 * Guarantees: only https, only the internet and never this machine or a private network (`safe-post.ts` says how); no redirect, no cookie,
 * no word of whose house asks; a document of a few kilobytes of JSON, within seconds, or none. Errors do not quote what was answered.
 */
import { request as httpsRequest } from "node:https";

import { type ReadDocument, securityErrors } from "@kaelix/security";

import { findSafely, type FoundHost, pinnedTo } from "../days/safe-post.ts";

interface ReaderOptions {
  /** For tests: also this machine. */
  readonly allowsPrivate?: boolean;
  /** Certificate authorities besides the system's, PEM; for tests. */
  readonly ca?: string;
  readonly timeoutMs?: number;
}

const BYTES_MAX = 8_192;
const TIMEOUT_MS = 5_000;

/** Makes the reader. */
export function documentReader(options: ReaderOptions = {}): ReadDocument {
  return async (url) => {
    const found = await findSafely(url, options.allowsPrivate ?? false);
    if (found.type !== "found") throw unreachable(found.why);
    if (found.url.protocol !== "https:") throw unreachable("it must be https://");
    return get(found, options);
  };
}

function get(found: FoundHost, { ca, timeoutMs = TIMEOUT_MS }: ReaderOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = httpsRequest(found.url, {
      method: "GET",
      headers: { accept: "application/json", "user-agent": "kaelix" },
      lookup: pinnedTo(found),
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
      ...(ca === undefined ? {} : { ca }),
    });
    asking.on("response", (response) => {
      const stop = (why: string): void => {
        reject(unreachable(why));
        response.destroy();
      };
      if (response.statusCode !== 200) return stop(`it answers ${response.statusCode ?? 0}, must be 200`);
      if (!/^application\/([a-z.-]+\+)?json *(;|$)/i.test(response.headers["content-type"] ?? "")) {
        return stop("it does not answer JSON");
      }
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on("data", (part: Buffer) => {
        bytes += part.length;
        if (bytes > BYTES_MAX) stop(`it is larger than ${BYTES_MAX} bytes`);
        else parts.push(part);
      });
      response.on("end", () => resolve(Buffer.concat(parts).toString("utf8")));
      response.on("error", () => reject(unreachable("it broke off")));
    });
    asking.on("error", (error) =>
      reject(
        unreachable(error.name === "AbortError" || error.name === "TimeoutError" ? "no answer in time" : "no answer"),
      ),
    );
    asking.end();
  });
}

function unreachable(why: string): Error {
  return securityErrors("app-client-unreachable", { message: `Cannot read what the app says of itself: ${why}` });
}
