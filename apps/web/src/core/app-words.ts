/** What an app of somebody else may do, in plain words. */

const WORDS: readonly (readonly [readonly string[], string])[] = [
  [["memory.search", "memory.list", "memory.read"], "Find and read your memories"],
  [["memory.ask"], "Ask questions about them"],
  [["people.read"], "See who you know and what they are to you"],
  [["digest.read"], "Read your day"],
  [["user.read"], "See your name and your phone number"],
  [["events.follow"], "Hear at once when something changes"],
  [["memory.create"], "Tell new memories"],
  [["memory.edit"], "Correct memories; older versions stay"],
  [["memory.forget"], "Hide memories, and bring back hidden ones for a while; so can you"],
  [["import.create", "import.list"], "Import files"],
  [["streams.use"], "Use the topics of the Kafka door"],
];

/** One line for each thing it may do, reading first; what has no words stands as it is, never left out. */
export function appWords(scopes: readonly string[]): readonly string[] {
  const known = new Set(WORDS.flatMap(([names]) => names));
  const lines = WORDS.filter(([names]) => names.some((name) => scopes.includes(name))).map(([, words]) => words);
  return [...lines, ...scopes.filter((scope) => !known.has(scope))];
}
