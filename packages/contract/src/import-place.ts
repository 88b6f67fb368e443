/**
 * Where in a file a problem of an import is, in words. A door of its own (`@kaelix/contract/import-place`): pages take it along without
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
