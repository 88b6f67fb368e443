import { isKaelixError } from "@kaelix/base";
import { KaelixProblem } from "@kaelix/contract";

/** Exit codes, the same for every command. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  missing: 3,
  signIn: 4,
  conflict: 5,
  spent: 6,
  unreachable: 7,
  /** Ran fine and found problems (verify, doctor). */
  found: 8,
  interrupted: 130,
} as const;

/** An ending with a sentence for the person and a code for the script. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The exit code and sentence of any failure. */
export function describeFailure(failure: unknown): { readonly exitCode: number; readonly text: string } {
  if (failure instanceof CommandFailure) return { exitCode: failure.exitCode, text: failure.message };
  if (failure instanceof KaelixProblem) {
    const more = failure.errors.map((error) => `\n  ${error.pointer}: ${error.detail}`).join("");
    return { exitCode: codeOfStatus(failure.status), text: `${failure.detail}${more}` };
  }
  if (isKaelixError(failure)) {
    const advice = failure.details["advice"];
    return {
      exitCode: codeOfStatus(failure.status),
      text: `${failure.message}${typeof advice === "string" ? `\n  ${advice}` : ""}`,
    };
  }
  return { exitCode: EXIT.failed, text: failure instanceof Error ? failure.message : String(failure) };
}

function codeOfStatus(status: number): number {
  switch (status) {
    case 400:
    case 413:
    case 415:
    case 422:
      return EXIT.usage;
    case 401:
      return EXIT.signIn;
    case 404:
      return EXIT.missing;
    case 409:
    case 412:
    case 428:
      return EXIT.conflict;
    case 402:
    case 429:
    case 507:
      return EXIT.spent;
    default:
      return EXIT.failed;
  }
}
