import { type DestinationStream, pino, type Logger as PinoLogger } from "pino";

/** Structured log lines. Callers pass ids, counts and codes; never content, names, phone numbers, tokens or keys (C9). */
export type Logger = Pick<PinoLogger, "debug" | "info" | "warn" | "error">;

/** Levels of the log, quietest last. */
const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;

/** Makes the logger of a process; JSON lines to `destination` (standard error by default). */
export function makeLogger(
  level: (typeof LOG_LEVELS)[number],
  destination: DestinationStream = pino.destination({ dest: 2, sync: false }),
): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      // A second fence: even a careless caller does not print these.
      redact: {
        paths: ["authorization", "password", "token", "text", "content", "*.password", "*.token"],
        censor: "(hidden)",
      },
    },
    destination,
  );
}
