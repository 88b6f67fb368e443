import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";

import type { Problem } from "../core/problem-words.ts";
import { enter, notify } from "../data/actions.ts";
import { client, problemOf } from "../data/connection.ts";
import { loginsApi } from "../data/logins-api.ts";
import { takeFlow } from "../data/provider-flow.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import { Button, ButtonLink, Loading, ProblemNote } from "../parts/basics.tsx";
import { Door } from "../parts/door.tsx";
import { CodeField } from "../parts/proof.tsx";

const NOT_BEGUN: Problem = {
  status: 403,
  code: "provider-refused",
  detail: "This sign-in was not begun in this tab, or the page was loaded twice: begin again",
  traceId: null,
  fields: [],
  retryAfter: null,
};

interface Returned {
  readonly problem: Problem | null;
  /** The handle that waits for a code of the second factor. */
  readonly waiting: string | null;
  readonly isBusy: boolean;
  readonly giveCode: (code: string) => void;
}

/** Takes what the provider sent along, once, and takes it out of the address bar. */
function useReturned(provider: string): Returned {
  const dispatch = useAppDispatch();
  const navigate = useNavigate();
  const { search } = useLocation();
  const entered = useAppSelector((state) => state.session.state === "in");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [waiting, setWaiting] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(true);
  const taken = useRef(false);
  const signIn = async (flow: string, more: { readonly query?: string; readonly code?: string }): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      const body = { flow, session: "cookie", ...more } as const;
      const { data } = await client.call("auth.providerFinish", { params: { id: provider }, body });
      dispatch(enter(data));
      await navigate("/", { replace: true });
    } catch (error) {
      const found = problemOf(error);
      if (found.code === "second-factor-needed") setWaiting(flow);
      else setProblem(found);
    }
    setBusy(false);
  };
  const link = async (flow: string, query: string): Promise<void> => {
    try {
      await client.call("logins.finish", { body: { provider, flow, query } });
      dispatch(loginsApi.util.invalidateTags(["Logins"]));
      dispatch(notify("Linked. You can sign in with it from now on."));
      await navigate("/settings/security", { replace: true });
    } catch (error) {
      setProblem(problemOf(error));
    }
    setBusy(false);
  };
  useEffect(() => {
    if (taken.current) return;
    taken.current = true;
    history.replaceState(history.state, "", location.pathname);
    const begun = takeFlow();
    const query = search.replace(/^\?/, "");
    if (begun === null || begun.provider !== provider || query === "") {
      setProblem(NOT_BEGUN);
      setBusy(false);
    } else if (begun.purpose === "sign-in") void signIn(begun.flow, { query });
    else if (entered) void link(begun.flow, query);
    else void navigate("/login", { replace: true });
  });
  return { problem, waiting, isBusy, giveCode: (code) => waiting !== null && void signIn(waiting, { code }) };
}

/** Where a provider sends the browser back to. */
export function LoginReturn(): ReactNode {
  const provider = useLocation().pathname.split("/").at(-1) ?? "";
  const { problem, waiting, isBusy, giveCode } = useReturned(provider);
  const [code, setCode] = useState("");
  const isCodeWrong = problem?.code === "code-wrong";
  return (
    <Door title={waiting !== null ? "Your code" : problem === null ? "One moment" : "Not signed in"}>
      {waiting !== null && (
        <form
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event: FormEvent) => (event.preventDefault(), giveCode(code))}
        >
          <CodeField
            value={code}
            onChange={setCode}
            error={isCodeWrong ? "The code is not right, or was used already: wait for the next one" : undefined}
          />
          <Button look="primary" type="submit" isDisabled={isBusy || code === ""} className="self-start px-6">
            Sign in
          </Button>
        </form>
      )}
      {waiting === null && isBusy && <Loading what="Signing in" />}
      {problem !== null && !isCodeWrong && (
        <div className="flex flex-col items-start gap-4" data-testid="provider-problem">
          {problem.code.startsWith("provider-") ? (
            <p role="alert" className="text-danger">
              {problem.detail}.
            </p>
          ) : (
            <ProblemNote problem={problem} />
          )}
          <ButtonLink href="/login">Back to signing in</ButtonLink>
        </div>
      )}
    </Door>
  );
}
