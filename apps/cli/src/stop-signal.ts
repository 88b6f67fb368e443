import { EXIT } from "./exit.ts";

/** Resolves at the first Ctrl+C or termination; a second one ends the process at once, which loses nothing acknowledged. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const stop = (): void => {
      if (asked) process.exit(EXIT.interrupted);
      asked = true;
      resolve();
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
  });
}
