/** A word diff of two versions. Joined without `removed` it is the newer text, without `added` the older. */

/** A run of words that stayed, went or came. */
interface DiffPart {
  readonly type: "same" | "removed" | "added";
  readonly text: string;
}

/** Above this many words on a side the whole text is shown as removed and added. */
const WORDS_MAX = 2_000;

function wordsOf(text: string): readonly string[] {
  return text.match(/\s+|[^\s]+/gu) ?? [];
}

/** Lengths of longest common subsequences of all suffixes. */
function suffixTable(before: readonly string[], after: readonly string[]): readonly Uint16Array[] {
  const table = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      const row = table[i];
      if (row === undefined) continue;
      const below = table[i + 1];
      row[j] = before[i] === after[j] ? (below?.[j + 1] ?? 0) + 1 : Math.max(below?.[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table;
}

function push(parts: { type: DiffPart["type"]; text: string }[], type: DiffPart["type"], text: string): void {
  const last = parts.at(-1);
  if (last?.type === type) last.text += text;
  else if (text !== "") parts.push({ type, text });
}

/** Compares two texts word by word. */
export function diffWords(before: string, after: string): readonly DiffPart[] {
  const [old, fresh] = [wordsOf(before), wordsOf(after)];
  const parts: { type: DiffPart["type"]; text: string }[] = [];
  if (old.length > WORDS_MAX || fresh.length > WORDS_MAX) {
    push(parts, "removed", before);
    push(parts, "added", after);
    return parts;
  }
  const table = suffixTable(old, fresh);
  let [i, j] = [0, 0];
  while (i < old.length || j < fresh.length) {
    const [left, right] = [old[i], fresh[j]];
    if (left !== undefined && left === right) {
      push(parts, "same", left);
      i += 1;
      j += 1;
    } else if (left !== undefined && (right === undefined || (table[i + 1]?.[j] ?? 0) >= (table[i]?.[j + 1] ?? 0))) {
      push(parts, "removed", left);
      i += 1;
    } else if (right !== undefined) {
      push(parts, "added", right);
      j += 1;
    }
  }
  return parts;
}
