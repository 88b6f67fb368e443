import { type ReactNode, useState } from "react";

import { CodeField } from "./proof.tsx";
import { type CodeWay, requestFor, SendCode } from "./send-code.tsx";

/** A code as signing in takes it. */
export interface TypedCode {
  readonly code?: string;
  readonly code_request?: string;
}

/** The second step of signing in: a code of the app, one that is sent, or a recovery code. */
export function CodeStep({
  ways,
  isWrong,
  send,
  onChange,
}: {
  readonly ways: readonly string[];
  readonly isWrong: boolean;
  readonly send: (by: CodeWay) => Promise<{ readonly request: string }>;
  readonly onChange: (typed: TypedCode) => void;
}): ReactNode {
  const [code, setCode] = useState("");
  const [request, setRequest] = useState<string | null>(null);
  const change = (typed: string, sent: string | null): void => {
    setCode(typed);
    setRequest(sent);
    onChange(typed === "" ? {} : { code: typed, ...requestFor(typed, sent) });
  };
  const sendable = (["email", "sms"] as const).filter((way) => ways.includes(way));
  const ofApp = request === null && ways.includes("app");
  return (
    <>
      {sendable.length > 0 && <SendCode ways={sendable} send={send} onSent={(sent) => change(code, sent)} />}
      <CodeField
        value={code}
        onChange={(typed) => change(typed, request)}
        {...(ofApp ? {} : { hint: "Of the message. None at hand? Use one of your recovery codes." })}
        error={isWrong ? "The code is not right, or was used already: take the next one" : undefined}
      />
    </>
  );
}
