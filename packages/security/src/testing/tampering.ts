/** Ways to falsify a list of records. */
import type { seededRandom } from "@kaelix/base";

type Random = ReturnType<typeof seededRandom>;

/** What was done to the records. */
export interface Tampered {
  readonly how: "edit" | "delete" | "insert" | "reorder" | "truncate" | "repeat" | "flip";
  readonly lines: readonly Uint8Array[];
}

const HOWS = ["edit", "delete", "insert", "reorder", "truncate", "repeat", "flip"] as const;

/**
 * Falsifies a copy of the records at one of the entries; undefined when chance changed nothing. Checkpoints are left as they are: one
 * that is repeated, or missing while a later one stands, takes nothing from what is proven.
 */
export function tamper(lines: readonly Uint8Array[], random: Random): Tampered | undefined {
  const how = HOWS[random.integer(HOWS.length)] ?? "edit";
  const entries = [...lines.keys()].filter((index) => Buffer.from(lines[index] ?? []).includes('"audit.entry"'));
  const at = entries[random.integer(entries.length)] ?? 0;
  const other = entries[random.integer(entries.length)] ?? 0;
  const copy = lines.map((line) => Buffer.from(line));
  const [line, second] = [copy[at], copy[other]];
  if (line === undefined || second === undefined) return undefined;
  switch (how) {
    case "edit":
      copy[at] = Buffer.from(
        line.toString().replace(/"(allow|deny)"/, (word) => (word === '"allow"' ? '"deny"' : '"allow"')),
      );
      break;
    case "delete":
      copy.splice(at, 1);
      break;
    case "insert":
      copy.splice(at, 0, Buffer.from(line.toString().replace(/"at":\d/, '"at":9')));
      break;
    case "reorder":
      [copy[at], copy[other]] = [second, line];
      break;
    case "truncate":
      copy.length = at;
      break;
    case "repeat":
      copy.splice(at, 0, second);
      break;
    case "flip": {
      const bit = random.integer(line.length * 8);
      line[bit >> 3] = (line[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      break;
    }
  }
  const isSame =
    copy.length === lines.length && copy.every((one, index) => one.equals(lines[index] ?? new Uint8Array(0)));
  return isSame ? undefined : { how, lines: copy };
}
