/** Turns the lexicons into tables: words and stems by hash, phrases as a tree of word ids. Done once, on first use. */
import { conceptNumber, LEXICAL_CONCEPTS, type Lexicon } from "./concepts.ts";
import { foldText } from "./fold-table.ts";
import { IntTable } from "./int-table.ts";
import { hashWord, type WordTables } from "./tokens.ts";

/** Any one word; a number. Ids of known words start above. */
export const ID_ANY = 1;
/** A word of digits. */
export const ID_NUMBER = 2;
const ID_FIRST = 3;
const ID_BITS = 15;

/** One phrase ends here: the concept it stands for and the languages (bits) that say so. */
export interface PhraseEnd {
  readonly concept: number;
  languages: number;
}

/** Lexicons ready for matching. */
export interface CompiledLexicon {
  readonly tables: WordTables;
  /** (node, word id) → node; the root is 1. */
  readonly edges: IntTable;
  readonly ends: readonly (readonly PhraseEnd[])[];
  readonly languages: readonly string[];
  readonly phraseCount: number;
}

/** The key of an edge of the phrase tree. */
export function edgeKey(node: number, wordId: number): number {
  return (node << ID_BITS) | wordId;
}

/** Writes a phrase with choices out as plain phrases: `a (b|c)? d` → `a d`, `a b d`, `a c d`. */
function expandPhrase(phrase: string): string[] {
  const close = phrase.indexOf(")");
  const open = phrase.lastIndexOf("(", close);
  if (close < 0 || open < 0) return [phrase.trim().split(/\s+/).join(" ")].filter((text) => text !== "");
  const isOptional = phrase[close + 1] === "?";
  const head = phrase.slice(0, open);
  const tail = phrase.slice(close + (isOptional ? 2 : 1));
  const choices = phrase.slice(open + 1, close).split("|");
  if (isOptional) choices.push("");
  return choices.flatMap((choice) => expandPhrase(head + choice + tail));
}

class PhraseTree {
  readonly #ids = new Map<string, number>();
  readonly #edges = new Map<number, number>();
  readonly ends: PhraseEnd[][] = [[], []];
  phraseCount = 0;

  wordId(word: string): number {
    if (word === "_") return ID_ANY;
    if (word === "#") return ID_NUMBER;
    const known = this.#ids.get(word);
    if (known !== undefined) return known;
    const id = ID_FIRST + this.#ids.size;
    if (id >= 1 << ID_BITS)
      throw new Error("Cannot compile lexicons: current value is too many words, must be below 32768");
    this.#ids.set(word, id);
    return id;
  }

  add(phrase: string, concept: number, languageBit: number): void {
    let node = 1;
    for (const word of phrase.split(" ")) {
      const key = edgeKey(node, this.wordId(word));
      let next = this.#edges.get(key);
      if (next === undefined) {
        next = this.ends.length;
        this.ends.push([]);
        this.#edges.set(key, next);
      }
      node = next;
    }
    const ends = this.ends[node] ?? [];
    const same = ends.find((end) => end.concept === concept);
    if (same === undefined) ends.push({ concept, languages: languageBit });
    else same.languages |= languageBit;
    this.phraseCount += 1;
  }

  tables(): { readonly tables: WordTables; readonly edges: IntTable } {
    const words = new IntTable(this.#ids.size);
    const stems = new IntTable(this.#ids.size);
    for (const [word, id] of this.#ids) {
      if (word.endsWith("*")) stems.set(hashWord(word.slice(0, -1)), id);
      else words.set(hashWord(word), id);
    }
    const edges = new IntTable(this.#edges.size);
    for (const [key, node] of this.#edges) edges.set(key, node);
    return { tables: { words, stems }, edges };
  }
}

function plainPhrase(phrase: string): string {
  return foldText(phrase.replaceAll(/['’]/g, "")).replaceAll("-", " ").trim();
}

/** Compiles lexicons; a language's bit is the position of its first lexicon among the languages. */
export function compileLexicons(lexicons: readonly Lexicon[]): CompiledLexicon {
  const tree = new PhraseTree();
  const languages = [...new Set(lexicons.map((lexicon) => lexicon.language))];
  for (const lexicon of lexicons) {
    const at = languages.indexOf(lexicon.language);
    for (const concept of LEXICAL_CONCEPTS) {
      for (const entry of (lexicon.phrases[concept] ?? "").split(/[,\n]/)) {
        for (const phrase of expandPhrase(plainPhrase(entry))) tree.add(phrase, conceptNumber(concept), 1 << at);
      }
    }
  }
  return { ...tree.tables(), ends: tree.ends, languages, phraseCount: tree.phraseCount };
}
