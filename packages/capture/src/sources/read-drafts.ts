/** The import itself: records as drafts, one by one, in file order. */
import { systemZone } from "@kaelix/base";

import { openContainer } from "./container.ts";
import { prepareSource, recognise } from "./detect.ts";
import { sourceErrors } from "./errors.ts";
import { unreadChats } from "./preview.ts";
import type { ImportAnswers, ImportInput, ImportItem, ReadOptions } from "./types.ts";

/** How drafts are read. */
export interface ReadDraftsOptions extends ReadOptions {
  /** Zone for local times when the answers name none. Default: this machine's. */
  readonly zone?: string;
}

/**
 * Reads a source as drafts with stable external ids. Memory stays bounded whatever the size. A bad record is yielded as a problem;
 * reading goes on.
 * @throws KaelixError `import-answer-needed` when the order of day and month is uncertain and not answered,
 * `import-unknown-format`, `import-zone-unknown`, `import-archive-damaged`, and the codes of `openContainer`
 */
export async function* readDrafts(
  input: ImportInput,
  answers: ImportAnswers,
  options: ReadDraftsOptions = {},
): AsyncIterable<ImportItem> {
  const container = await openContainer(input, options.limits);
  try {
    const recognised = await recognise(container, options.signal);
    if (recognised === undefined) throw sourceErrors("import-unknown-format");
    const prepared = await prepareSource(recognised, {
      answers,
      zone: options.zone ?? systemZone(),
      fileName: input.fileName,
      files: container.files,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    if (prepared.isBlocked) {
      const possible = prepared.dateQuestion?.options ?? [];
      throw sourceErrors("import-answer-needed", { details: { question: "date-order", options: possible } });
    }
    for await (const item of prepared.items(options)) {
      if (item.type === "record") yield { type: "draft", draft: item.draft, line: item.line };
      else if (item.type === "problem") yield item;
    }
    for (const item of unreadChats(recognised)) if (item.type === "problem") yield item;
  } finally {
    await options.settled?.();
    await container.close();
  }
}
