/** An answer as it is written. Loaded with the first question. */
import { readAnswer } from "@kaelix/contract/answer-stream";

import { callOptionsFor, client } from "./connection.ts";
import type { Question } from "./thread.ts";
import type { InputOf } from "./wire.ts";

const running = new Map<string, AbortController>();

/** Ends the writing of an answer: the quoted one stands. */
export function stopAnswer(id: string): void {
  running.get(id)?.abort();
}

/** Asks, and tells what becomes of the question. Resolves when an answer stands. */
export async function followAnswer(
  id: string,
  body: NonNullable<InputOf<"answers.write">["body"]>,
  onChange: (change: Partial<Question>) => unknown,
): Promise<void> {
  const stop = new AbortController();
  running.set(id, stop);
  let isAnswered = false;
  const told: { readonly text: string; readonly citations: number[] }[] = [];
  try {
    // What was told or corrected a moment ago is answered from.
    const options = callOptionsFor("answers.write", { signal: stop.signal }, Date.now());
    const response = await client.open("answers.write", { body }, options);
    for await (const event of readAnswer(response)) {
      if (event.type === "sentence") {
        told.push(event.sentence);
        onChange({ writing: [...told] });
      } else {
        isAnswered = true;
        const isOpen = event.type === "quoted" && event.answer.kind === "quoted";
        onChange({ state: "answered", answer: event.answer, writing: isOpen ? [] : null });
      }
    }
  } catch (error) {
    // Stopped or broken off: the quoted answer is there already.
    if (!isAnswered) throw error;
    onChange({ writing: null });
  } finally {
    running.delete(id);
  }
}
