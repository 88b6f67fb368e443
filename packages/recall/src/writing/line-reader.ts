import type { AnswerSentence } from "../answer.ts";
import { checkSentence } from "./check-sentence.ts";
import type { WritingPassage } from "./passages.ts";

/** Sentences of a written answer at most; the rest of what a model says is left. */
const SENTENCES_MAX = 8;

/** Reads what a model writes, line by line as it comes, and tells the sentences that stand on what they cite. */
export class LineReader {
  readonly #passages: readonly WritingPassage[];
  readonly #onSentence: (sentence: AnswerSentence) => void;
  readonly sentences: AnswerSentence[] = [];
  #rest = "";

  constructor(passages: readonly WritingPassage[], onSentence: (sentence: AnswerSentence) => void) {
    this.#passages = passages;
    this.#onSentence = onSentence;
  }

  /** Takes the next piece. */
  push(piece: string): void {
    const lines = (this.#rest + piece).split(/\r?\n/u);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#read(line);
  }

  /** Takes what is left as the last line. */
  end(): readonly AnswerSentence[] {
    this.#read(this.#rest);
    this.#rest = "";
    return this.sentences;
  }

  #read(line: string): void {
    // Some write on one line: a citation ends a sentence. What stands before is looked at from the first blank alone.
    for (const part of line.split(/(?<=\][.!?]?|\]\s+[.!?])\s+(?=[\p{Lu}\p{Lo}"“„«¿¡])/u)) {
      if (this.sentences.length >= SENTENCES_MAX) return;
      const sentence = checkSentence(part, this.#passages);
      if (sentence === undefined) continue;
      this.sentences.push(sentence);
      this.#onSentence(sentence);
    }
  }
}
