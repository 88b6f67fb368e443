/**
 * Turns the lexicons into the tables that the product matches by: words and stems by hash, phrases as a tree of word ids. Run with
 * `node packages/intelligence/training/compile-lexicons.ts [--check]` after a change to a lexicon or to the list of concepts, and before
 * fit.ts; it writes src/classify/rules/lexicon-table.ts. Here and not at each start, where it took 200 ms.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { conceptNumber, LEXICAL_CONCEPTS, type Lexicon } from "../src/classify/rules/concepts.ts";
import { foldText } from "../src/classify/rules/fold-table.ts";
import { edgeKey, ID_ANY, ID_BITS, ID_FIRST, ID_NUMBER } from "../src/classify/rules/lexicon-tables.ts";
import { hashWord } from "../src/classify/rules/tokens.ts";
import { LEXICONS } from "./lexicon/all.ts";

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
  /** By node, from 2 on: the node it hangs on and the word that leads there. */
  readonly #parents: number[] = [];
  readonly #words: number[] = [];
  /** By node: the languages (bits) by concept of the phrases that end there. */
  readonly #ends: Map<number, number>[] = [new Map(), new Map()];
  #phraseCount = 0;

  #wordId(word: string): number {
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

  #follow(node: number, wordId: number): number {
    const key = edgeKey(node, wordId);
    const known = this.#edges.get(key);
    if (known !== undefined) return known;
    const next = this.#ends.length;
    if (next > 0xff_ff)
      throw new Error("Cannot compile lexicons: current value is too many phrases, must fit 65536 nodes");
    this.#ends.push(new Map());
    this.#parents.push(node);
    this.#words.push(wordId);
    this.#edges.set(key, next);
    return next;
  }

  add(phrase: string, concept: number, languageBit: number): void {
    const node = phrase.split(" ").reduce((at, word) => this.#follow(at, this.#wordId(word)), 1);
    const ends = this.#ends[node];
    ends?.set(concept, (ends.get(concept) ?? 0) | languageBit);
    this.#phraseCount += 1;
  }

  /** The bytes that `unpackLexicons` reads. */
  pack(): Buffer {
    const ends = this.#ends.flatMap((byConcept, node) =>
      [...byConcept].map(([concept, languages]) => ({ node, concept, languages })),
    );
    const words = [...this.#ids.keys()];
    const hashes = words.map((word) => hashWord(word.endsWith("*") ? word.slice(0, -1) : word));
    const sections = [
      Int32Array.of(words.length, this.#parents.length, ends.length, this.#phraseCount),
      Int32Array.from(hashes),
      Uint16Array.from(this.#parents),
      Uint16Array.from(this.#words),
      Uint16Array.from(ends, ({ node }) => node),
      Uint16Array.from(ends, ({ languages }) => languages),
      Uint8Array.from(ends, ({ concept }) => concept),
      Uint8Array.from(words, (word) => (word.endsWith("*") ? 1 : 0)),
    ];
    return Buffer.concat(sections.map(({ buffer }) => Buffer.from(buffer)));
  }
}

function plainPhrase(phrase: string): string {
  return foldText(phrase.replaceAll(/['’]/g, "")).replaceAll("-", " ").trim();
}

/** Packs lexicons; a language's bit is the position of its first lexicon among the languages. */
function packLexicons(lexicons: readonly Lexicon[]): { readonly languages: readonly string[]; readonly bytes: Buffer } {
  const tree = new PhraseTree();
  const languages = [...new Set(lexicons.map((lexicon) => lexicon.language))];
  if (languages.length > 16 || LEXICAL_CONCEPTS.length > 256)
    throw new Error(
      "Cannot pack lexicons: current value does not fit the table, must be 16 languages and 256 concepts",
    );
  for (const lexicon of lexicons) {
    const at = languages.indexOf(lexicon.language);
    for (const concept of LEXICAL_CONCEPTS) {
      for (const entry of (lexicon.phrases[concept] ?? "").split(/[,\n]/)) {
        for (const phrase of expandPhrase(plainPhrase(entry))) tree.add(phrase, conceptNumber(concept), 1 << at);
      }
    }
  }
  return { languages, bytes: tree.pack() };
}

function tableSource(): string {
  const { languages, bytes } = packLexicons(LEXICONS);
  return [
    "/** Written by training/compile-lexicons.ts; do not edit. */",
    "",
    "/** By bit: the language, ISO 639-1. */",
    `export const LEXICON_LANGUAGES: readonly string[] = [${languages.map((name) => `"${name}"`).join(", ")}];`,
    "",
    "/** What `unpackLexicons` reads, in base64. */",
    "export const LEXICON_TABLE: string =",
    `  "${bytes.toString("base64")}";`,
    "",
  ].join("\n");
}

const TABLE_FILE = new URL("../src/classify/rules/lexicon-table.ts", import.meta.url);

/** @throws Error when the product's table is not what the lexicons give */
export function checkLexiconTable(): void {
  if (readFileSync(TABLE_FILE, "utf8") === tableSource()) return;
  throw new Error("Cannot vouch for lexicon-table.ts: current value differs, must be what the lexicons give");
}

if (import.meta.main) {
  if (process.argv.includes("--check")) checkLexiconTable();
  else writeFileSync(TABLE_FILE, tableSource());
}
