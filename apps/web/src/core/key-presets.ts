/** What a key of a program may do, as a person chooses it: few choices in plain words instead of a list of actions. */

const READING = [
  "memory.list",
  "memory.read",
  "memory.search",
  "memory.ask",
  "people.read",
  "digest.read",
  "user.read",
];

/** One choice. */
export interface KeyPreset {
  readonly value: string;
  readonly label: string;
  readonly text: string;
  readonly kind: "agent" | "service";
}

/** The choices, fewest rights first. */
export const KEY_PRESETS: readonly KeyPreset[] = [
  {
    value: "read",
    label: "Read and ask",
    text: "Finds and reads your memories, who is in them and your day; changes nothing.",
    kind: "agent",
  },
  { value: "tell", label: "Read, ask and tell", text: "May also tell new memories.", kind: "agent" },
  {
    value: "all",
    label: "All that a program may",
    text: "May also edit, forget and import. Never keys, password or the upper levels.",
    kind: "agent",
  },
  {
    value: "watch",
    label: "Watch the server",
    text: "Sees whether the server is well. Nobody's memories.",
    kind: "service",
  },
];

/** The actions of a choice, out of those that the server gives to keys of its kind. */
export function scopesOf(
  preset: KeyPreset,
  allowed: { readonly agent: readonly string[]; readonly service: readonly string[] },
): string[] {
  const given = allowed[preset.kind];
  if (preset.value === "all") return [...given];
  if (preset.value === "watch") return given.filter((scope) => scope.startsWith("server."));
  const wanted = preset.value === "tell" ? [...READING, "memory.create"] : READING;
  return given.filter((scope) => wanted.includes(scope));
}

/** What a key may do in a few words: the choice it was made by, else how many actions. */
export function scopeWords(
  key: { readonly kind: "agent" | "service"; readonly scopes: readonly string[] },
  allowed: { readonly agent: readonly string[]; readonly service: readonly string[] },
): string {
  const has = new Set(key.scopes);
  const found = KEY_PRESETS.find((preset) => {
    const scopes = scopesOf(preset, allowed);
    return preset.kind === key.kind && scopes.length === has.size && scopes.every((scope) => has.has(scope));
  });
  return found?.label ?? (has.size === 1 ? key.scopes.join() : `${has.size} actions`);
}
