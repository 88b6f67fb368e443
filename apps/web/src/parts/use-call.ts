import { useState } from "react";

import type { Problem } from "../core/problem-words.ts";
import { problemOf } from "../data/connection.ts";

/** What a form makes of its call: why it was refused, whether it is under way, and what begins it. */
interface Call {
  readonly problem: Problem | null;
  readonly isBusy: boolean;
  readonly run: (call: () => Promise<void>) => void;
}

/** The call of a form; the problem of the one before goes when the next begins. */
export function useCall(): Call {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const run = async (call: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await call();
    } catch (error) {
      setProblem(problemOf(error));
    }
    setBusy(false);
  };
  return { problem, isBusy, run: (call) => void run(call) };
}
