import { type Memory, type MemoryContent, type MemoryId, namespaceOf, type UserPrincipal } from "@kaelix/model";
import { isWithinReach, type Keystore, openContent } from "@kaelix/security";
import type { SealedContent, SealedMemory } from "@kaelix/views";

/** How many contents one generation holds. */
const GENERATION_MAX = 5_000;

/** Contents that were sealed a moment ago, until the search view takes them: it would open each at once otherwise. Bounded. */
export class FreshContents {
  // Two generations instead of one queue: taking the oldest key of a large map again and again is slow.
  #recent = new Map<string, MemoryContent>();
  #older = new Map<string, MemoryContent>();

  /** Keeps a content; the oldest go when there are too many. */
  keep(memory: MemoryId, version: number, content: MemoryContent): void {
    if (this.#recent.size >= GENERATION_MAX) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(`${memory}/${version}`, content);
  }

  /** Hands a content over, once. */
  take(memory: MemoryId, version: number): MemoryContent | undefined {
    const key = `${memory}/${version}`;
    const content = this.#recent.get(key) ?? this.#older.get(key);
    if (!this.#recent.delete(key)) this.#older.delete(key);
    return content;
  }
}

/** Opens sealed contents in order; undefined where the key is gone or the bytes do not hold. */
export async function openRows(
  keystore: Keystore,
  rows: readonly SealedContent[],
): Promise<readonly (MemoryContent | undefined)[]> {
  const answers = await keystore.memoryKeys(rows.map((row) => ({ memory: row.memoryId, level: row.level })));
  return rows.map((row, index) => {
    const answer = answers[index];
    if (answer?.type !== "key") return undefined;
    const opened = openContent(answer.key, row.version, row.sealed);
    return opened.type === "opened" ? opened.content : undefined;
  });
}

/** A memory of a row and its content. */
export function memoryOf(row: SealedMemory, content: MemoryContent): Memory {
  const { tenant: _tenant, state: _state, digest: _digest, sealed: _sealed, ...rest } = row;
  const {
    changedAtMs: _changed,
    partition: _partition,
    offset: _offset,
    firstOffset: _first,
    versionOffset: _version,
    isClientSealed: _sealedBy,
    ...header
  } = rest;
  return { ...header, ...content };
}

/** True when what a row says stands within the reach of who asks: always, for a person. */
export async function reachesRow(keystore: Keystore, principal: UserPrincipal, row: SealedContent): Promise<boolean> {
  if (principal.program === undefined) return true;
  const [content] = await openRows(keystore, [row]);
  return withinReach(principal, content) !== undefined;
}

/** A content, when it stands within the reach of who asks. Of others' a program gets nothing before that. */
export function withinReach({ program }: UserPrincipal, content: MemoryContent | undefined): MemoryContent | undefined {
  return content !== undefined && isWithinReach(program, namespaceOf(content)) ? content : undefined;
}

/**
 * True when a principal may see a row now, whoever's words it holds: theirs, live, and not above the ceiling. What is never to be recalled
 * is its owner's own to open, and no program's.
 */
export function isVisible(row: SealedMemory | undefined, principal: UserPrincipal): row is SealedMemory {
  const isOpen = row !== undefined && row.state === "live" && row.level <= principal.ceiling;
  const isKept = row?.neverRecalled === true && principal.program !== undefined;
  return isOpen && !isKept && row.userId === principal.userId;
}
