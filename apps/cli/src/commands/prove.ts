import { KaelixProblem } from "@kaelix/contract";

import type { Connection } from "../connection.ts";
import { askSecret } from "../prompt.ts";

/** A code of the authenticator app or a recovery code: from KAELIX_CODE, else asked for. */
export function askCode(): Promise<string> {
  return askSecret("Code of your authenticator app, or a recovery code", "KAELIX_CODE");
}

/** True when the server wants a code besides. */
export function isCodeWanted(failure: unknown): boolean {
  return failure instanceof KaelixProblem && failure.code === "second-factor-needed";
}

/** Runs a change; when the server wants a fresh proof first, asks for password or code, proves, and runs it again. */
export async function withProof<Result>(connection: Connection, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (failure) {
    if (!(failure instanceof KaelixProblem) || failure.code !== "proof-needed") throw failure;
  }
  await prove(connection);
  return run();
}

async function prove({ client }: Connection): Promise<void> {
  const { data: factors } = await client.call("factors.read");
  if (factors.proof_by === "code") {
    await client.call("auth.prove", { body: { code: await askCode() } });
    return;
  }
  const password = await askSecret("Password, to show that it is you", "KAELIX_PASSWORD");
  // Without a session of their own, on the server's machine, a person with a second factor gives both.
  const more = factors.totp ? { code: await askCode() } : {};
  await client.call("auth.prove", { body: { password, ...more } });
}
