/**
 * Judging what imports read, beside the main thread, so that a long import neither waits for its judge nor makes others wait.
 *
 * Guarantees: one thread for all imports, started by the first batch and ended with the last import; what the thread cannot judge is
 * left to `Remember`, which gives the same answer.
 */
import { JudgeThread, type Lessons } from "@kaelix/intelligence";
import type { MemoryDraft } from "@kaelix/model";

import { isForRules, textToJudge } from "./judge.ts";

/** One instance per process. */
export class ImportJudging {
  #imports = 0;
  #thread: JudgeThread | undefined;

  /** An import begins; call what is given back when it has ended. */
  begin(): () => Promise<void> {
    this.#imports++;
    return async () => {
      this.#imports--;
      if (this.#imports > 0) return;
      const thread = this.#thread;
      this.#thread = undefined;
      await thread?.end();
    };
  }

  /** The drafts with their levels where rules decide them, as their owner taught. */
  async judged(drafts: readonly MemoryDraft[], lessons?: Lessons): Promise<readonly MemoryDraft[]> {
    const open = drafts.filter(isForRules);
    if (open.length === 0) return drafts;
    this.#thread ??= new JudgeThread();
    // An import does not stand still for a thread that is still loading.
    if (!this.#thread.isReady) return drafts;
    const answers = await this.#thread.judge(open.map(textToJudge)).catch(() => undefined);
    if (answers === undefined) return drafts;
    let next = 0;
    return drafts.map((draft) => {
      const byRules = isForRules(draft) ? answers[next++] : undefined;
      if (byRules === undefined) return draft;
      return { ...draft, judged: lessons?.adjust(textToJudge(draft), byRules) ?? byRules };
    });
  }
}
