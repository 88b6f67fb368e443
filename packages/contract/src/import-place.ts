/**
 * How far an import is, and where in its file a problem is. A door of its own (`@kaelix/contract/import-place`): pages take it along without
 * the schemas.
 */

/**
 * `line 12`; of an assistant's export, which is mostly one line, `conversation 12`; undefined when it concerns the whole file.
 *
 * @param place as `line` of the problem tells: 1 for the first
 */
export function importPlace(format: string | null, place: number): string | undefined {
  if (place === 0) return undefined;
  return `${format === "chatgpt" || format === "claude" ? "conversation" : "line"} ${place}`;
}

/** How far an import is, 0 to 1: by what is told where it is known how many there are, for a small file is read at once; else by what is read. */
export function importShare({
  added,
  bytes_done,
  bytes_total,
  failed,
  known,
  total,
}: {
  readonly added: number;
  readonly bytes_done: number;
  readonly bytes_total: number;
  readonly failed: number;
  readonly known: number;
  readonly total: number | null;
}): number {
  const [done, whole] = total === null ? [bytes_done, bytes_total] : [added + known + failed, total];
  return whole === 0 ? 0 : Math.min(1, done / whole);
}
