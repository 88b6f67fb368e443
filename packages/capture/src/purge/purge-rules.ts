/**
 * Which records of topics `memories` and `files` mean nothing any more, and what becomes of them.
 *
 *     content that is closed and that no key opens     its event stays, without what was sealed and without its digest
 *     event of a person who has gone                   goes, but for the one that says so
 *     piece of a file of such a memory or person       goes
 *
 * Two things must agree: an event on the log has closed it, and there is no key that opens it. So nothing that anybody can read is touched,
 * and nothing goes before its key.
 */
import { decodeText } from "@kaelix/base";
import type { PurgeRecord, PurgeRule, RecordFate } from "@kaelix/log";
import { decodeEvent, encodeEvent, type MemoryId, type MemoryRemembered, type MemoryRevised } from "@kaelix/model";
import { type Keystore, openContent } from "@kaelix/security";

import { parsePieceKey } from "../files/files.ts";
import { type Closing, type Closings, memoryNamedIn } from "./closings.ts";

/** What the rules are asked with. */
export interface PurgeRulesParts {
  readonly closings: Closings;
  readonly keystore: Pick<Keystore, "cachedMemoryKey" | "hasUserKey" | "memoryKeys">;
  /** Memories that were being told when the purge began: their files may stand there before they do. */
  readonly telling: ReadonlySet<MemoryId>;
  /** Where the partition of `files` ended then. */
  readonly filesEnd: number;
}

/** The rules of one purge of one partition: first `memories` is asked of every record, then `files`. */
export class PurgeRules {
  readonly #parts: PurgeRulesParts;
  /** Files that a content which opens names, of memories that were erased and told again. */
  readonly #living = new Map<string, Set<string>>();
  /** Memories of which something could not be looked into: their files stay. */
  readonly #unsure = new Set<string>();
  /** False: something of the partition of `memories` could not be looked into. */
  isWhole = true;
  /** Something of a memory that was erased is left, as it is being told again: what is whose is known afterwards. */
  isWaiting = false;

  constructor(parts: PurgeRulesParts) {
    this.#parts = parts;
  }

  /** Asked of topic `memories`. */
  readonly memories: PurgeRule = (record) => {
    const { closings, keystore } = this.#parts;
    const { key, offset, value } = record;
    if (value === null || key === null) return "stays";
    for (const [user, before] of closings.people) {
      if (offset < before && decodeText(key) === user) return keystore.hasUserKey(user) ? "stays" : "goes";
    }
    const memory = memoryNamedIn(value);
    // Ids are looked up as the text they are.
    const closing = (closings.memories as ReadonlyMap<string, Closing>).get(memory);
    if (closing === undefined) return "stays";
    const last = Math.max(closing.before, closing.toldAgain?.offset ?? -1);
    return offset < last || closing.isErased ? this.#judge(record, closing) : "stays";
  };

  /** Asked of topic `files`, once `memories` was asked of everything. */
  readonly files: PurgeRule = ({ key, offset }) => {
    const { closings, filesEnd, keystore, telling } = this.#parts;
    const piece = key === null ? undefined : parsePieceKey(decodeText(key));
    if (piece === undefined || offset >= filesEnd) return "stays";
    const { file, memory, user } = piece;
    if (closings.people.has(user) && !keystore.hasUserKey(user)) return "goes";
    const closing = closings.memories.get(memory);
    if (closing?.isErased !== true || closing.user !== user) return "stays";
    if (telling.has(memory)) {
      this.isWaiting = true;
      return "stays";
    }
    if (keystore.cachedMemoryKey({ memory }).type === "absent") return "goes";
    if (!this.isWhole || this.#unsure.has(memory)) return "stays";
    return this.#living.get(memory)?.has(file) === true ? "stays" : "goes";
  };

  async #judge({ offset, value }: PurgeRecord, closing: Closing): Promise<RecordFate> {
    const decoded = value === null ? undefined : decodeEvent(value);
    if (decoded?.type !== "event") return "stays";
    const { event } = decoded;
    if (event.type !== "memory.remembered" && event.type !== "memory.revised") return "stays";
    if (event.user !== closing.user || event.sealed === "") return "stays";
    const { level, memory } = event;
    const [answer] = await this.#parts.keystore.memoryKeys([{ memory, level }]);
    if (answer?.type === "absent") {
      const { toldAgain } = closing;
      const isLeft = toldAgain !== undefined && offset < toldAgain.offset && level !== toldAgain.level;
      return offset < closing.before || isLeft ? { value: emptied(event) } : "stays";
    }
    const opened = answer?.type === "key" ? openContent(answer.key, event.memory_version, event.sealed) : undefined;
    if (opened?.type === "opened") {
      const living = this.#living.get(memory) ?? new Set();
      for (const { id } of opened.content.files ?? []) living.add(id);
      this.#living.set(memory, living);
      return "stays";
    }
    if (answer?.type === "key" && offset < closing.before) return { value: emptied(event) };
    this.#unsure.add(memory);
    return "stays";
  }
}

/** The event without what was sealed and without the keyed hash of what was told. */
function emptied(event: MemoryRemembered | MemoryRevised): Uint8Array {
  return encodeEvent({ ...event, digest: "", sealed: "" });
}
