/** What a memory's context says, a line per field: those who judge read words, and take the signs of JSON for codes. */
export function wordsOfContext(context: unknown, name = ""): string {
  if (Array.isArray(context)) return context.map((item) => wordsOfContext(item, name)).join("\n");
  if (typeof context === "object" && context !== null)
    return Object.entries(context)
      .map(([field, value]) => wordsOfContext(value, field))
      .join("\n");
  const words = String(context);
  return name === "" ? words : `${name}: ${words}`;
}
