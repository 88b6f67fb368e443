import { EXIT } from "./exit.ts";

/**
 * Resolves at the first Ctrl+C or termination, after `onAsked`; a second one ends the process at once, which loses nothing acknowledged.
 * To be called before anything is opened, so that nobody is ended in the middle.
 */
export function stopSignal(onAsked: () => void = () => undefined): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const stop = (): void => {
      if (asked) process.exit(EXIT.interrupted);
      asked = true;
      onAsked();
      resolve();
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
  });
}
