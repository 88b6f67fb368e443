import { Worker } from "node:worker_threads";

import type { Expression } from "./expressions.ts";

/** What one expression came to. */
export interface Verdict {
  readonly expression: Expression;
  /** Time of a text twice as long divided by that of the text; 2 is linear. Infinity: it did not end in time. */
  readonly ratio: number;
  readonly ms: number;
  readonly text: string;
  readonly texts: number;
}

/** How long the texts are, and how many pieces and endings each expression is tried with. */
export interface Sizes {
  readonly letters: number;
  readonly pumpsMax: number;
  readonly endingsMax: number;
}

/** Of the clock, for what never ends: far beyond what a busy machine makes of a text that is read once. */
const MS_MAX = 60_000;

/** Attacks each expression with texts of `letters` letters in a thread of its own, which is ended when it hangs. */
export async function attackAll(
  expressions: readonly Expression[],
  { tell, ...sizes }: Sizes & { readonly tell: (verdict: Verdict) => void },
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  let worker = newWorker();
  for (const expression of expressions) {
    const verdict = await attackOne(worker, expression, sizes);
    verdicts.push(verdict);
    tell(verdict);
    if (verdict.ratio !== Number.POSITIVE_INFINITY) continue;
    await worker.terminate();
    worker = newWorker();
  }
  await worker.terminate();
  return verdicts;
}

function newWorker(): Worker {
  return new Worker(new URL("./worker.ts", import.meta.url));
}

function attackOne(worker: Worker, expression: Expression, sizes: Sizes): Promise<Verdict> {
  return new Promise((resolve) => {
    let at = "";
    let hang = setTimeout(() => undefined, 0);
    const stop = (verdict: Omit<Verdict, "expression">): void => {
      clearTimeout(hang);
      worker.off("message", listen);
      resolve({ expression, ...verdict });
    };
    const listen = (message: Readonly<Record<string, unknown>>): void => {
      clearTimeout(hang);
      hang = setTimeout(() => stop({ ratio: Number.POSITIVE_INFINITY, ms: MS_MAX, text: at, texts: 0 }), MS_MAX);
      if (message["type"] === "at") at = JSON.stringify([message["head"], message["pump"], message["ending"]]);
      else {
        const { worst, texts } = message as {
          worst: { ratio: number; ms: number; head: string; pump: string; ending: string };
          texts: number;
        };
        stop({ ratio: worst.ratio, ms: worst.ms, text: JSON.stringify([worst.head, worst.pump, worst.ending]), texts });
      }
    };
    worker.on("message", listen);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage({ source: expression.source, flags: expression.flags, ...sizes });
  });
}
