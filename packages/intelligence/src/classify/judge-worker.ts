/** The thread that judges for `JudgeThread`: lists of texts in, lists of classifications out, in the order of asking. */
import { parentPort } from "node:worker_threads";

import { classifyByRules } from "./classify-by-rules.ts";

if (parentPort === null) throw new Error("This file runs as a worker thread");
const port = parentPort;

// The first text makes the lexicons ready.
classifyByRules("");
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
port.postMessage("ready");
port.on("message", (texts: readonly string[]) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
  port.postMessage(texts.map((text) => classifyByRules(text)));
});
