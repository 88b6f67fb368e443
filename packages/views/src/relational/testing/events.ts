/** Events for tests: makers with defaults, and random but repeatable stories. */
import { seededRandom } from "@kaelix/base";
import {
  DEFAULT_TENANT,
  EVENT_VERSION,
  idFromBytes,
  type IdPrefix,
  type Level,
  type MemoryEvent,
  type MemoryRemembered,
  type MemoryRevised,
  parseTenantId,
  type TenantId,
} from "@kaelix/model";

/** The id that stands for a small number. */
export function idOf<Prefix extends IdPrefix>(prefix: Prefix, number: number): ReturnType<typeof idFromBytes<Prefix>> {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(12, number);
  return idFromBytes(prefix, bytes);
}

/** The tenant of a name. Throws for one that no tenant can have. */
export function tenantOf(name: string): TenantId {
  const tenant = parseTenantId(name);
  if (tenant === undefined) throw new Error(`Cannot use ${name} as a tenant`);
  return tenant;
}

/** The fields that every event of a user has. */
export function baseOf(
  user: number,
  at = 1_000,
): { v: number; at: number; tenant: typeof DEFAULT_TENANT; user: ReturnType<typeof idOf<"usr">> } {
  return { v: EVENT_VERSION, at, tenant: DEFAULT_TENANT, user: idOf("usr", user) };
}

/** A telling of memory `memory` by user `user`. */
export function remembered(user: number, memory: number, change: Partial<MemoryRemembered> = {}): MemoryRemembered {
  return {
    ...baseOf(user),
    type: "memory.remembered",
    memory: idOf("mem", memory),
    memory_version: 1,
    level: 1,
    level_by: "rule",
    confidence: 0.9,
    source: "rest",
    conversation: null,
    import: null,
    occurred_at: 500,
    external: `external-${memory}`,
    digest: `digest-${memory}-1`,
    sealed: Buffer.from(`sealed ${memory} 1`).toString("base64url"),
    ...change,
  };
}

/** An edit or a move of memory `memory`. */
export function revised(user: number, memory: number, change: Partial<MemoryRevised> = {}): MemoryRevised {
  const version = change.memory_version ?? 2;
  return {
    ...baseOf(user),
    type: "memory.revised",
    memory: idOf("mem", memory),
    memory_version: version,
    change: "edit",
    level: 1,
    level_by: "person",
    confidence: 1,
    digest: `digest-${memory}-${version}`,
    sealed: Buffer.from(`sealed ${memory} ${version}`).toString("base64url"),
    ...change,
  };
}

/** A story of a few users, memories and imports in which anything may follow anything, nonsense included. */
export function randomStory(seed: number, length: number): readonly MemoryEvent[] {
  const random = seededRandom(seed);
  return Array.from({ length }, (_, index): MemoryEvent => {
    const user = 1 + random.integer(2);
    // Mostly one's own memories, sometimes somebody else's.
    const memory = random.integer(20) === 0 ? random.integer(12) : random.integer(6) * 2 + (user - 1);
    const base = baseOf(user, 1_000 + index);
    const version = 1 + random.integer(6);
    const level = (1 + random.integer(4)) as Level;
    const importId = idOf("imp", random.integer(2));
    const sealed = Buffer.from(`sealed ${memory} ${version} ${index}`).toString("base64url");
    const named = { ...base, memory: idOf("mem", memory) };
    switch (random.integer(14)) {
      case 0:
      case 1:
      case 2: {
        const from = random.integer(2) === 0 ? importId : null;
        return remembered(user, memory, { ...base, memory_version: version, level, import: from, sealed });
      }
      case 3:
      case 4:
        return revised(user, memory, { ...base, memory_version: version, level, change: "move", sealed });
      case 5:
        return revised(user, memory, { ...base, memory_version: version, sealed });
      case 6:
        return { ...named, type: "memory.forgotten" };
      case 7:
        return { ...named, type: "memory.restored" };
      case 8:
        return { ...named, type: "memory.erased" };
      case 12:
      case 13:
        return { ...named, type: "memory.recall-decided", never: random.integer(2) === 0 };
      case 9:
        return { ...base, type: "import.started", import: importId, format: "csv", sealed };
      case 10:
        return {
          ...base,
          type: "import.finished",
          import: importId,
          added: index,
          known: 0,
          failed: 0,
          outcome: "done",
        };
      default:
        return { ...base, type: "import.undone", import: importId };
    }
  });
}
