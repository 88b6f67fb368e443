import { type ReactNode, useState } from "react";

import type { Problem } from "../core/problem-words.ts";
import { problemOf } from "../data/connection.ts";
import { Button, ProblemNote } from "./basics.tsx";

/** How a code is sent. */
export type CodeWay = "email" | "sms";

const WORDS = { email: "by e-mail", sms: "by SMS" } as const;

/** Has a code sent, and says that it was; what it is good with goes to whoever asks. */
export function SendCode({
  ways,
  send,
  onSent,
}: {
  readonly ways: readonly CodeWay[];
  readonly send: (by: CodeWay) => Promise<{ readonly request: string }>;
  readonly onSent: (request: string) => void;
}): ReactNode {
  const [sentBy, setSentBy] = useState<CodeWay | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const ask = async (by: CodeWay): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      onSent((await send(by)).request);
      setSentBy(by);
    } catch (error) {
      setProblem(problemOf(error));
    }
    setBusy(false);
  };
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-3">
        {ways.map((by) => (
          <Button key={by} isDisabled={isBusy} onPress={() => void ask(by)} data-testid={`send-code-${by}`}>
            {sentBy === by ? `Send another ${WORDS[by]}` : `Send a code ${WORDS[by]}`}
          </Button>
        ))}
      </div>
      <p role="status" className="text-13 text-muted" data-testid="code-sent">
        {sentBy !== null && `Sent ${WORDS[sentBy]}. It is good for ten minutes, here.`}
      </p>
      {problem !== null && <ProblemNote problem={problem} />}
    </div>
  );
}

/** What goes along with a typed code: recovery codes have letters and belong to no sending. */
export function requestFor(code: string, request: string | null): { readonly code_request?: string } {
  return request === null || /[a-z]/i.test(code) ? {} : { code_request: request };
}
