/** What was spent today, in a file, so that a restart does not begin the budget anew. Lost, the day begins at nothing. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";

/** Tokens of a day since 1970. */
interface Spent {
  readonly day: number;
  readonly tokens: number;
}

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
    const { day, tokens } = Object.fromEntries(
      Object.entries(typeof parsed === "object" && parsed !== null ? parsed : {}),
    );
    const isRead = [day, tokens].every((value) => Number.isSafeInteger(value) && Number(value) >= 0);
    return isRead ? { day: Number(day), tokens: Number(tokens) } : undefined;
  } catch {
    return undefined;
  }
}
