import { KaelixProblem } from "@kaelix/contract";

import type { Connection } from "../connection.ts";
import { askSecret } from "../prompt.ts";

/** How a code is sent. */
export type CodeWay = "email" | "sms";

/** A code as the server takes it: with the request that it was sent for, when it was sent. */
export interface TypedCode {
  readonly code: string;
  readonly code_request?: string;
}

type Send = (by: CodeWay) => Promise<{ readonly request: string }>;

/** A code of the authenticator app or a recovery code: from KAELIX_CODE, else asked for. */
function askCode(): Promise<string> {
  return askSecret("Code of your authenticator app, or a recovery code", "KAELIX_CODE");
}

/** True when the server wants a code besides. */
export function isCodeWanted(failure: unknown): failure is KaelixProblem {
  return failure instanceof KaelixProblem && failure.code === "second-factor-needed";
}

/** By which way a code is to be sent: the one that was named, else the first there is when there is no app. */
export function sendableWay(ways: unknown, named: CodeWay | undefined): CodeWay | undefined {
  if (named !== undefined) return named;
  const all: readonly unknown[] = Array.isArray(ways) ? ways : [];
  return all.includes("app") ? undefined : (["email", "sms"] as const).find((way) => all.includes(way));
}

/** Asks for a code, sending one first where a way is given. Recovery codes have letters and belong to no sending. */
export async function askSentCode(way: CodeWay | undefined, send: Send): Promise<TypedCode> {
  // A code that is there already was had another way.
  if (way === undefined || process.env["KAELIX_CODE"] !== undefined) return { code: await askCode() };
  const { request } = await send(way);
  const where = way === "email" ? "mail" : "SMS";
  const code = await askSecret(`Code that was sent by ${where}, or a recovery code`, "KAELIX_CODE");
  return /[a-z]/i.test(code) ? { code } : { code, code_request: request };
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

/** Sends a code for a proof at the session. */
export function sendingProof({ client }: Connection): Send {
  return async (by) => (await client.call("auth.proveCode", { body: { by } })).data;
}

async function prove(connection: Connection): Promise<void> {
  const { client } = connection;
  const { data: factors } = await client.call("factors.read");
  if (factors.proof_by === "code") {
    await client.call("auth.prove", { body: { code: await askCode() } });
    return;
  }
  const password = await askSecret("Password, to show that it is you", "KAELIX_PASSWORD");
  // Without a session of their own, on the server's machine, a person with any second factor gives both.
  if (!factors.totp && factors.codes_by.length === 0) {
    await client.call("auth.prove", { body: { password } });
    return;
  }
  const way = factors.totp ? undefined : sendableWay(factors.codes_by, undefined);
  await client.call("auth.prove", { body: { password, ...(await askSentCode(way, sendingProof(connection))) } });
}
