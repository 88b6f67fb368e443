/** Reads annotated worlds, one per line of JSON. A bad line throws an error that says where and what. */

/** An annotated entity. */
export interface GoldEntity {
  readonly name: string;
  readonly type: string;
  readonly aliases: readonly string[];
  readonly memoryIds: readonly string[];
}

/** One person's annotated memories. */
export interface GoldWorld {
  readonly id: string;
  readonly language: string | undefined;
  readonly memories: readonly { readonly id: string; readonly at: string; readonly text: string }[];
  readonly entities: readonly GoldEntity[];
  readonly relations: readonly { readonly from: string; readonly type: string; readonly to: string }[];
  readonly connected: readonly (readonly [string, string])[];
  readonly unconnected: readonly (readonly [string, string])[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Parses the text of a data set. */
export function readWorlds(text: string): GoldWorld[] {
  const worlds: GoldWorld[] = [];
  for (const [at, line] of text.split("\n").entries()) {
    if (line.trim() !== "") worlds.push(parseWorld(line, at + 1));
  }
  if (worlds.length === 0) throw new Error("Cannot read worlds: current value is no line, must be at least one world");
  return worlds;
}

function parseWorld(line: string, lineNumber: number): GoldWorld {
  const refuse = (what: string): never => {
    throw new Error(`Cannot read line ${lineNumber}: ${what}`);
  };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return refuse("it is no JSON");
  }
  const world = fieldsOf(value) ?? refuse("it is no object");
  const list = (from: Fields, key: string, isNeeded = true): Fields[] => {
    const found = from[key];
    if (found === undefined && !isNeeded) return [];
    if (!Array.isArray(found)) return refuse(`\`${key}\` is no list`);
    return found.map((one: unknown, at) => fieldsOf(one) ?? refuse(`\`${key}\`[${at}] is no object`));
  };
  const word = (from: Fields, key: string, where: string): string => {
    const found = from[key];
    return typeof found === "string" ? found : refuse(`\`${key}\` of ${where} is no string`);
  };
  const words = (from: Fields, key: string, where: string): string[] => {
    const found = from[key] ?? [];
    if (!Array.isArray(found)) return refuse(`\`${key}\` of ${where} is no list`);
    return found.map((one: unknown) =>
      typeof one === "string" ? one : refuse(`\`${key}\` of ${where} holds something that is no string`),
    );
  };
  const memories = list(world, "memories").map((one, at) => ({
    id: word(one, "id", `memories[${at}]`),
    at: word(one, "at", `memories[${at}]`),
    text: word(one, "text", `memories[${at}]`),
  }));
  const day = memories.find((memory) => Number.isNaN(Date.parse(memory.at)));
  if (day !== undefined) refuse(`\`at\` of memory ${day.id} is no date`);
  const ids = new Set(memories.map((memory) => memory.id));
  const pairs = (key: string): [string, string][] => {
    const found = world[key] ?? [];
    if (!Array.isArray(found)) return refuse(`\`${key}\` is no list`);
    return found.map((one: unknown, at): [string, string] => {
      const [left, right] = Array.isArray(one) ? (one as unknown[]) : [];
      if (typeof left !== "string" || typeof right !== "string")
        return refuse(`\`${key}\`[${at}] is no pair of memory ids`);
      if (!ids.has(left) || !ids.has(right)) return refuse(`\`${key}\`[${at}] names a memory that is not in the world`);
      return [left, right];
    });
  };
  return {
    id: word(world, "id", "the world"),
    language: typeof world["lang"] === "string" ? world["lang"] : undefined,
    memories,
    entities: list(world, "entities", false).map((one, at) => ({
      name: word(one, "name", `entities[${at}]`),
      type: word(one, "type", `entities[${at}]`),
      aliases: words(one, "aliases", `entities[${at}]`),
      memoryIds: words(one, "memory_ids", `entities[${at}]`),
    })),
    relations: list(world, "relations", false).map((one, at) => ({
      from: word(one, "from", `relations[${at}]`),
      type: word(one, "type", `relations[${at}]`),
      to: word(one, "to", `relations[${at}]`),
    })),
    connected: pairs("connected_pairs"),
    unconnected: pairs("unconnected_pairs"),
  };
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}
