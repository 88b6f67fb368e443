/** What an error is told as: what happened, what is safe, what to do. */

/** A problem as the store keeps it: plain data. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly traceId: string | null;
  readonly fields: readonly { readonly pointer: string; readonly detail: string }[];
  /** Seconds, when the server said when to come back. */
  readonly retryAfter: number | null;
  /** By which ways a code can be had that was asked for. */
  readonly ways?: readonly string[];
}

/** A problem in words. */
interface ProblemWords {
  readonly happened: string;
  readonly todo: string;
}

const BY_STATUS: Readonly<Record<number, ProblemWords>> = {
  0: { happened: "The server cannot be reached", todo: "Check that it runs; this page tries again by itself" },
  401: { happened: "You are signed out", todo: "Sign in again" },
  403: { happened: "You may not do this", todo: "Ask the owner of this server" },
  404: { happened: "There is nothing here, or it is locked", todo: "Unlock a higher level, or go back" },
  409: { happened: "This was told before with another text", todo: "Edit the memory that exists instead" },
  412: { happened: "It was changed meanwhile", todo: "Look at the newer one below, then decide" },
  413: { happened: "This is too big", todo: "Split it and try again" },
  429: { happened: "Too many tries", todo: "Wait a little and try again" },
  503: { happened: "The server is busy or still starting", todo: "Try again in a moment" },
};

/** Problems whose status says too little. */
const BY_CODE: Readonly<Record<string, ProblemWords>> = {
  "password-wrong": { happened: "The password is not right", todo: "Type it again" },
  "second-factor-needed": {
    happened: "A code is asked for besides",
    todo: "Type it",
  },
  "code-wrong": { happened: "The code is not right, or was used already", todo: "Take the next one" },
  "factor-present": {
    happened: "An authenticator app is set up already",
    todo: "Turn it off before setting up another",
  },
  "factor-not-begun": { happened: "That took longer than ten minutes", todo: "Begin to set up again" },
  "factor-missing": { happened: "No second factor is set up", todo: "Reload this page" },
  "access-busy": { happened: "This was changed at the same moment elsewhere", todo: "Reload this page and look again" },
  "erasure-nothing": {
    happened: "There is nothing of that to erase",
    todo: "Look whether the level it stands at is open",
  },
  "erasure-over": { happened: "It cannot be undone any more", todo: "The keys are shredded" },
  "erasure-unconfirmed": { happened: "That is not the phone number of this account", todo: "Type it again" },
  "account-last-owner": {
    happened: "You are the only owner of this server and others use it",
    todo: "Make somebody else an owner first",
  },
  "age-damaged": { happened: "The file was cut or changed", todo: "Bring it again from where it was kept" },
  "age-unsupported": {
    happened: "No passphrase opens this file here",
    todo: "Open it with age's own program, and bring what is inside",
  },
  "api-key-missing": { happened: "There is no such key any more", todo: "Reload this page" },
};

/** The words for a problem. */
export function problemWords(problem: Problem): ProblemWords {
  const byCode = BY_CODE[problem.code];
  if (byCode !== undefined) return byCode;
  const known = BY_STATUS[problem.status];
  if (problem.status === 429 && problem.retryAfter !== null) {
    return { happened: "Too many tries", todo: `Try again in ${Math.ceil(problem.retryAfter)} s` };
  }
  if (known !== undefined && problem.status !== 403 && problem.status !== 409 && problem.status !== 413) return known;
  if (known !== undefined) return { happened: problem.detail || known.happened, todo: known.todo };
  if (problem.status >= 500)
    return { happened: "The server failed", todo: "Try again; if it stays, keep the trace id" };
  return { happened: problem.detail || "This was refused", todo: "Change it and try again" };
}

/** True when the same call may work later by itself. */
export function isPassing(problem: Problem): boolean {
  return problem.status === 0 || problem.status === 502 || problem.status === 503 || problem.status === 504;
}
