/** Whether passkeys work where this page was opened, and what a failed one is told as. */
import type { Problem } from "./problem-words.ts";

/** What is known of the page. */
interface Place {
  readonly hostname: string;
  readonly isSecure: boolean;
  readonly isKnown: boolean;
}

/** Why there are no passkeys here, in words; null when there are. */
export function passkeyTrouble({ hostname, isSecure, isKnown }: Place): string | null {
  if (/^[\d.]+$/.test(hostname) || hostname.startsWith("[")) {
    return "Passkeys are kept for a name, and this page was opened by a number. On this machine open it as localhost; from elsewhere by the server's name, over https.";
  }
  if (!isSecure) return "Browsers have passkeys only over https. Ask whoever runs this server for its https address.";
  return isKnown ? null : "This browser has no passkeys.";
}

/** What became of a passkey that did not work. `name` is of the browser's error, when it was the browser that gave up. */
export function passkeyFailure(problem: Problem, name: string | null): string {
  if (name === "NotAllowedError" || name === "AbortError")
    return "The question of your device was closed, or took too long. Nothing was changed.";
  if (name === "InvalidStateError") return "This device has a passkey for you already.";
  if (name !== null) return "Your device could not do it. Try another one.";
  if (problem.code === "passkey-copied") {
    return "This passkey was used elsewhere with a newer count, so there may be a copy of it. Come in with your password and remove it.";
  }
  if (problem.status === 429) return "Too many tries. Wait a little and try again.";
  if (problem.status === 0) return "The server cannot be reached.";
  if (problem.code === "passkey-wrong" || problem.code === "passkey-refused") {
    return "This passkey was not accepted: it is not known here, or belongs to another account.";
  }
  return problem.detail;
}
