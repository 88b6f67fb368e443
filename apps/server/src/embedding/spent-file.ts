/** What was spent today, in a file, so that a restart does not begin the budget anew. Lost, the day begins at nothing. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";

import type { Spent } from "@kaelix/intelligence";

/** The file. */
export class SpentFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Puts a state in the place of the one before. A disk that refuses costs nobody their search. */
  write(spent: Spent): void {
    try {
      writeFileSync(`${this.path}.new`, JSON.stringify(spent), { mode: 0o600 });
      renameSync(`${this.path}.new`, this.path);
    } catch {
      // The budget goes on in memory.
    }
  }
}

/** What was written last; undefined when nothing readable is there. */
export function readSpent(path: string): Spent | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, "utf8"));
    // Of a provider whose prices are not known, no cost was counted.
    const {
      day,
      tokens,
      cost = 0,
    } = Object.fromEntries(Object.entries(typeof parsed === "object" && parsed !== null ? parsed : {}));
    const isRead = [day, tokens, cost].every((value) => Number.isSafeInteger(value) && Number(value) >= 0);
    return isRead ? { day: Number(day), tokens: Number(tokens), cost: Number(cost) } : undefined;
  } catch {
    return undefined;
  }
}
