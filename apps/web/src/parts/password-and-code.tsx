import { type ReactNode, useState } from "react";

import { client } from "../data/connection.ts";
import { CodeField, OwnPasswordField } from "./proof.tsx";
import { type CodeWay, requestFor, SendCode } from "./send-code.tsx";

/** Both, as the server wants them. */
export interface PasswordAndCodeBody {
  readonly password: string;
  readonly code: string;
  readonly code_request?: string;
}

/** A proof by the password and a code that is sent: what is sent proves nothing alone. */
export function PasswordAndCode({
  ways,
  wrong,
  onChange,
  testId,
}: {
  readonly ways: readonly CodeWay[];
  /** The code of the server's refusal. */
  readonly wrong: string | undefined;
  /** Null while one of them is missing. */
  readonly onChange: (body: PasswordAndCodeBody | null) => void;
  /** Of the password's field. */
  readonly testId: string;
}): ReactNode {
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [request, setRequest] = useState<string | null>(null);
  const change = (next: {
    readonly password?: string;
    readonly code?: string;
    readonly request?: string | null;
  }): void => {
    const now = { password, code, request, ...next };
    setPassword(now.password);
    setCode(now.code);
    setRequest(now.request);
    const isWhole = now.password !== "" && now.code !== "";
    onChange(isWhole ? { password: now.password, code: now.code, ...requestFor(now.code, now.request) } : null);
  };
  return (
    <>
      <OwnPasswordField
        value={password}
        onChange={(typed) => change({ password: typed })}
        testId={testId}
        error={wrong === "password-wrong" ? "The password is not right" : undefined}
      />
      <SendCode
        ways={ways}
        send={async (by) => (await client.call("auth.proveCode", { body: { by } })).data}
        onSent={(sent) => change({ request: sent })}
      />
      <CodeField
        isFirst={false}
        value={code}
        onChange={(typed) => change({ code: typed })}
        hint="Of the message, or one of your recovery codes"
        error={wrong === "code-wrong" ? "The code is not right, was used already, or is too old" : undefined}
      />
    </>
  );
}
