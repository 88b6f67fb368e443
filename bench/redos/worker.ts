/** Times one expression on one text after the other. What hangs is ended by whoever started this thread. */
import { parentPort } from "node:worker_threads";

import { endings, headsFor, pumpsFor } from "./attack.ts";

interface Task {
  readonly source: string;
  readonly flags: string;
  readonly letters: number;
  readonly pumpsMax: number;
  readonly endingsMax: number;
}

/** Below this a time says nothing. */
const MS_MIN = 3;

const port = parentPort;
if (port === null) throw new Error("This file is run as a thread");

port.on("message", (task: Task) => {
  const { flags, source } = task;
  // A sticky one is tried at one place and at no other.
  const tried = flags.includes("y") ? `^(?:${source})` : source;
  const expression = new RegExp(tried, flags.replaceAll(/[gy]/g, ""));
  const isGlobal = flags.includes("g");
  let worst = { ratio: 0, ms: 0, pump: "", head: "", ending: "" };
  let texts = 0;
  for (const head of headsFor(source)) {
    for (const pump of pumpsFor(source, task.pumpsMax)) {
      for (const ending of endings(task.endingsMax)) {
        port.postMessage({ type: "at", head, pump, ending });
        texts++;
        const whole = time(expression, textOf({ head, pump, ending }, task.letters / 4), isGlobal);
        if (whole < MS_MIN) continue;
        // Seen to be slow: measured again, larger, the quickest of three.
        const one = quickest(expression, textOf({ head, pump, ending }, task.letters / 4), isGlobal);
        const two = quickest(expression, textOf({ head, pump, ending }, task.letters / 2), isGlobal);
        const ratio = one < MS_MIN / 2 ? 0 : two / one;
        if (ratio > worst.ratio) worst = { ratio, ms: two, pump, head, ending };
      }
    }
  }
  port.postMessage({ type: "done", worst, texts });
});

function textOf(
  { ending, head, pump }: { readonly head: string; readonly pump: string; readonly ending: string },
  letters: number,
): string {
  return head + pump.repeat(Math.ceil(letters / pump.length)) + ending;
}

function quickest(expression: RegExp, text: string, isGlobal: boolean): number {
  return Math.min(time(expression, text, isGlobal), time(expression, text, isGlobal), time(expression, text, isGlobal));
}

/** Of this thread's processor, ms: what else the machine has to do is no fault of the expression. */
function time(expression: RegExp, text: string, isGlobal: boolean): number {
  const began = process.threadCpuUsage();
  if (isGlobal) text.replace(new RegExp(expression.source, `${expression.flags}g`), "");
  else expression.test(text);
  const { system, user } = process.threadCpuUsage(began);
  return (system + user) / 1_000;
}
