/** What came in: what was told on the day and the day before, by conversation. */
import type { SearchDocument } from "@kaelix/views";

import type { DigestLine } from "./digest.ts";
import { formatDay } from "./calendar.ts";
import type { DigestPages } from "./pages.ts";

const EVIDENCE_MAX = 3;

/** Told directly: notes, not messages. */
const NOTES: ReadonlySet<string> = new Set(["chat", "rest", "cli", "mcp"]);

interface Group {
  readonly document: SearchDocument;
  readonly docs: number[];
  readonly day: number;
}

/** A line per day and conversation, the largest first; the day's own before the day's before. */
export function cameIn(pages: DigestPages): readonly DigestLine[] {
  const groups = new Map<string, Group>();
  for (const day of [pages.day, pages.day - 1]) {
    for (const doc of pages.told(day, day)) {
      const document = pages.document(doc);
      if (document === undefined) continue;
      const key = `${day}:${document.conversationId ?? originOf(document)}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { document, docs: [doc], day });
      else group.docs.push(doc);
    }
  }
  return [...groups]
    .toSorted(([, left], [, right]) => right.day - left.day || right.docs.length - left.docs.length)
    .map(([key, { day, docs, document }]) => ({
      key: `came-in:${key}`,
      text: describe(document, docs.length),
      day: formatDay(day),
      count: docs.length,
      evidence: docs.slice(0, EVIDENCE_MAX).flatMap((doc) => pages.evidence(doc)),
    }));
}

/** Where something without a conversation came from. What a program wrote is no note of the person's. */
function originOf({ namespace, source }: SearchDocument): string {
  if (!NOTES.has(source)) return source;
  return namespace === undefined ? "notes" : "programs";
}

function describe(document: SearchDocument, count: number): string {
  const isNote = NOTES.has(document.source);
  const noun = isNote ? (count === 1 ? "note" : "notes") : count === 1 ? "message" : "messages";
  const title = document.conversationTitle;
  if (title === undefined && isNote)
    return `${count} ${noun} ${document.namespace === undefined ? "of yours" : "by programs"}`;
  if (title === undefined) return `${count} ${noun} from ${document.source}`;
  return `${count} ${noun} in ${title}`;
}
