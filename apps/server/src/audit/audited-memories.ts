/**
 * Memories, with everything above the indexed levels written down before it is shown or changed.
 *
 * Guarantees: in a session that is open to level 3 or 4 nothing of those levels is answered, and nothing of them changed, before an entry
 * that says so is durable on the audit log; when it cannot be, the request is refused with `audit-unavailable`. It does not: touch what a
 * session below level 3 does (that costs a comparison), or write down that somebody told something new.
 */
import type { MemoryApplication, PlacedMemory, SharedMark } from "@kaelix/gateway";
import { type Level, LEVEL_INDEXED_MAX, type MemoryId, type UserPrincipal } from "@kaelix/model";
import type { Action, AuditLog } from "@kaelix/security";

/** The application's memories, written down. */
export class AuditedMemories implements MemoryApplication {
  readonly #memories: MemoryApplication;
  readonly #audit: Pick<AuditLog, "record">;

  constructor(memories: MemoryApplication, audit: Pick<AuditLog, "record">) {
    this.#memories = memories;
    this.#audit = audit;
  }

  /** A person who tells something knows it: nothing is shown that they have not just said. */
  remember(...given: Parameters<MemoryApplication["remember"]>): ReturnType<MemoryApplication["remember"]> {
    return this.#memories.remember(...given);
  }

  async read(...given: Parameters<MemoryApplication["read"]>): ReturnType<MemoryApplication["read"]> {
    const [principal] = given;
    const placed = await this.#memories.read(...given);
    if (placed !== undefined) await this.#shown(principal, "memory.read", [placed]);
    return placed;
  }

  async list(...given: Parameters<MemoryApplication["list"]>): ReturnType<MemoryApplication["list"]> {
    const [principal] = given;
    const page = await this.#memories.list(...given);
    await this.#shown(principal, "memory.list", page.items);
    return page;
  }

  async versions(principal: UserPrincipal, id: MemoryId): ReturnType<MemoryApplication["versions"]> {
    const versions = await this.#memories.versions(principal, id);
    const levels = (versions ?? []).filter(({ text }) => text !== null).map(({ level }) => level);
    await this.#note(principal, "memory.read", { level: highest(levels), resource: id });
    return versions;
  }

  async edit(...given: Parameters<MemoryApplication["edit"]>): ReturnType<MemoryApplication["edit"]> {
    await this.#changing(given[0], "memory.edit", given[1]);
    return this.#memories.edit(...given);
  }

  async move(...given: Parameters<MemoryApplication["move"]>): ReturnType<MemoryApplication["move"]> {
    await this.#changing(given[0], "memory.move", given[1]);
    return this.#memories.move(...given);
  }

  async forget(...given: Parameters<MemoryApplication["forget"]>): ReturnType<MemoryApplication["forget"]> {
    await this.#changing(given[0], "memory.forget", given[1]);
    return this.#memories.forget(...given);
  }

  async decideRecall(
    ...given: Parameters<MemoryApplication["decideRecall"]>
  ): ReturnType<MemoryApplication["decideRecall"]> {
    await this.#changing(given[0], "memory.never-recall", given[1]);
    return this.#memories.decideRecall(...given);
  }

  async restore(principal: UserPrincipal, id: MemoryId): ReturnType<MemoryApplication["restore"]> {
    // What is forgotten has no level that could be looked up: it may be the highest that is open.
    await this.#note(principal, "memory.restore", { level: principal.ceiling, resource: id });
    return this.#memories.restore(principal, id);
  }

  /** Shows what the search index holds: levels 1 and 2. */
  conversations(
    ...given: Parameters<MemoryApplication["conversations"]>
  ): ReturnType<MemoryApplication["conversations"]> {
    return this.#memories.conversations(...given);
  }

  /** What an open session searches is opened for it whether it is found or not: that is one entry, and each that is found another. */
  async search(...given: Parameters<MemoryApplication["search"]>): ReturnType<MemoryApplication["search"]> {
    const [principal] = given;
    await this.#note(principal, "memory.search", { level: principal.ceiling });
    const outcome = await this.#memories.search(...given);
    await this.#shown(principal, "memory.search", outcome.hits);
    return outcome;
  }

  async ask(...given: Parameters<MemoryApplication["ask"]>): ReturnType<MemoryApplication["ask"]> {
    const [principal] = given;
    await this.#note(principal, "memory.ask", { level: principal.ceiling });
    const outcome = await this.#memories.ask(...given);
    await this.#shown(
      principal,
      "memory.ask",
      outcome.citations.map(({ placed }) => placed),
    );
    return outcome;
  }

  /** The gateway writes down that everything is taken along, before the first byte. */
  exportAll(principal: UserPrincipal): AsyncIterable<PlacedMemory> {
    return this.#memories.exportAll(principal);
  }

  /** Before a change: the level it stands at is looked up only in a session that may see the upper ones. */
  async #changing(principal: UserPrincipal, action: Action, id: MemoryId): Promise<void> {
    if (principal.ceiling <= LEVEL_INDEXED_MAX) return;
    const placed = await this.#memories.read(principal, id);
    if (placed !== undefined) await this.#note(principal, action, { level: placed.memory.level, resource: id });
  }

  /** Before an answer: one entry for each memory above the indexed levels; together they are one write. */
  async #shown(
    principal: UserPrincipal,
    action: Action,
    shown: readonly {
      readonly memory: { readonly memoryId: MemoryId; readonly level: Level };
      readonly shared?: SharedMark;
    }[],
  ): Promise<void> {
    if (principal.ceiling <= LEVEL_INDEXED_MAX) return;
    await Promise.all(
      shown.map(({ memory: { level, memoryId }, shared }) =>
        this.#note(principal, action, { level, resource: memoryId }, shared === undefined ? "own" : "grant"),
      ),
    );
  }

  async #note(
    subject: UserPrincipal,
    action: Action | "memory.restore",
    what: { readonly level: Level; readonly resource?: string },
    reason: "own" | "grant" = "own",
  ): Promise<void> {
    if (what.level <= LEVEL_INDEXED_MAX) return;
    await this.#audit.record({ subject, action, ...what, decision: "allow", reason });
  }
}

function highest(levels: readonly Level[]): Level {
  return levels.reduce((high, level) => (level > high ? level : high), 1);
}
