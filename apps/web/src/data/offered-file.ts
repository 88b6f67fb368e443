/** The one file on its way from wherever it was dropped to the import screen. Files do not belong in the store. */

let offered: File | undefined;
const listeners = new Set<() => void>();

/** Offers a file to the import screen. */
export function offerFile(file: File): void {
  offered = file;
  for (const listener of listeners) listener();
}

/** Takes the offered file; the next call gets nothing. */
export function takeOfferedFile(): File | undefined {
  const file = offered;
  offered = undefined;
  return file;
}

/** Calls back whenever a file is offered; returns how to stop. */
export function whenFileOffered(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
