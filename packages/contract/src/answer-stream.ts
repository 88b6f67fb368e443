/**
 * An answer as it is written: the events of `answers.write`. Runs wherever `fetch` streams; a door of its own, without schemas.
 */
import type { CallOutput } from "./route.ts";
import type { Routes } from "./routes.ts";

/** An answer. */
export type StreamedAnswer = CallOutput<Routes["answers.ask"]>;

/** What comes of a question, in this order: the quoted answer, sentences while one is written, and the answer that stands. */
export type AnswerEvent =
  | { readonly type: "quoted" | "done"; readonly answer: StreamedAnswer }
  | { readonly type: "sentence"; readonly sentence: StreamedAnswer["sentences"][number] };

/**
 * Reads the events of an answer, up to `done`.
 *
 * @param response of `client.open("answers.write", …)`
 * @throws Error when the stream breaks off before the answer stands
 */
export async function* readAnswer(response: Response): AsyncGenerator<AnswerEvent, void, undefined> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const piece = await reader?.read();
      if (piece === undefined || piece.done) throw new Error("The answer broke off");
      const blocks = (rest + decoder.decode(piece.value, { stream: true })).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = eventOf(block);
        if (event === undefined) continue;
        yield event;
        if (event.type === "done") return;
      }
    }
  } finally {
    // Whoever leaves the loop ends the writing.
    await reader?.cancel().catch(() => undefined);
  }
}

function eventOf(block: string): AnswerEvent | undefined {
  const name = /^event: (.*)$/m.exec(block)?.[1];
  const data = /^data: (.*)$/m.exec(block)?.[1];
  if (data === undefined) return undefined;
  // The server answers what the route's schema says; the gateway's tests check every answer against it.
  const parsed: unknown = JSON.parse(data);
  if (name === "sentence") return { type: name, sentence: parsed as StreamedAnswer["sentences"][number] };
  if (name === "quoted" || name === "done") return { type: name, answer: parsed as StreamedAnswer };
  return undefined;
}
