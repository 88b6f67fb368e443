/** Which log the house keeps its record on: the embedded one, or a Kafka cluster named by `KAELIX_LOG`. */
import { dirname, join } from "node:path";

import { type Clock, isKaelixError } from "@kaelix/base";
import { type Log, openKafkaLog, openStreamerLog, parseKafkaUrl, type StreamerLog } from "@kaelix/log";

import { serverErrors } from "./errors.ts";

/** Reads the setting; the text is kept as it is, since it may hold a password that must not be printed in parts. */
export function parseLogUrl(text: string): { readonly value: string | undefined } | { readonly must: string } {
  if (text === "") return { value: undefined };
  const parsed = parseKafkaUrl(text);
  return parsed.type === "place" ? { value: text } : { must: parsed.must };
}

/** Opens the log and says in words which it is. @throws errors of the log */
export async function openLog(options: {
  readonly url: string | undefined;
  readonly directory: string;
  readonly clock: Clock;
}): Promise<{ readonly log: Log; readonly engine: string; readonly embedded?: StreamerLog }> {
  const { clock, directory, url } = options;
  if (url === undefined) {
    const embedded = await openStreamerLog({ directory, clock }).catch((failure: unknown) => {
      throw inWords(failure, directory);
    });
    return { log: embedded, engine: "MemoryStreamer (embedded)", embedded };
  }
  const parsed = parseKafkaUrl(url);
  // The settings were read by the same parser.
  if (parsed.type === "invalid") throw serverErrors("part-missing");
  const brokers = parsed.place.brokers.map(({ host, port }) => `${host}:${port}`).join(", ");
  return { log: await openKafkaLog({ place: parsed.place, clock }), engine: `Kafka at ${brokers}` };
}

/** Says who else has the log open, or names the file that cannot be understood, and what to do. */
function inWords(failure: unknown, directory: string): unknown {
  if (!isKaelixError(failure)) return failure;
  if (failure.code === "log-directory-locked")
    return serverErrors("data-directory-busy", {
      message: `Cannot open ${dirname(directory)}: another process has it open, a command or a server that has only just started. Nothing was changed; try again when it has ended`,
      cause: failure,
    });
  const { file } = failure.details;
  if (failure.code !== "log-directory-invalid" || typeof file !== "string") return failure;
  const path = join(directory, file);
  return serverErrors("log-file-broken", {
    message: `Cannot understand ${path}: its bytes are not those that were written. Nothing was changed; put this file back from a backup of the data directory and start again`,
    details: { file: path },
    cause: failure,
  });
}
