/**
 * The npm clients, driven as those of other languages are: `node npm-driver.ts kafkajs|kafkats|platformatic-1|platformatic-2`.
 *
 * Requests run at the same time. A client answers the operations it has a function for.
 */
import { createInterface } from "node:readline";

import type { NpmClient, NpmRequest } from "./npm-client.ts";

const CLIENTS: Readonly<Record<string, () => Promise<NpmClient>>> = {
  kafkajs: async () => (await import("./npm-kafkajs.ts")).kafkajsClient,
  kafkats: async () => (await import("./npm-kafkats.ts")).kafkatsClient,
  "platformatic-1": async () => (await import("./npm-platformatic.ts")).platformaticClient(1),
  "platformatic-2": async () => (await import("./npm-platformatic.ts")).platformaticClient(2),
};

const open = CLIENTS[process.argv[2] ?? ""];
if (open === undefined)
  throw new Error(`Cannot drive ${process.argv[2]}: must be one of ${Object.keys(CLIENTS).join()}`);
const client = await open();

async function answer(id: number, request: NpmRequest): Promise<void> {
  let reply: Record<string, unknown>;
  try {
    const operation = client[request.op];
    if (operation === undefined) throw new Error(`There is no operation ${request.op}`);
    reply = { id, result: (await operation(request)) ?? true };
  } catch (error) {
    reply = { id, error: textOf(error) };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}

/** An error with what caused it: some clients say what happened only there. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // kafkajs has an aggregate of its own.
  const inner: readonly unknown[] = "errors" in error && Array.isArray(error.errors) ? error.errors : [error.cause];
  return [error.message, ...inner.filter((one) => one !== undefined).map((one) => textOf(one))].join(": ");
}

// Errors of the background are told by the operations that come after.
process.on("uncaughtException", (error) => process.stderr.write(`${error.stack ?? error.message}\n`));
process.on("unhandledRejection", (error) => process.stderr.write(`${String(error)}\n`));
createInterface(process.stdin).on("line", (line) => {
  // Written by ClientDriver.
  const { id, ...request } = JSON.parse(line) as NpmRequest & { readonly id: number };
  void answer(id, request);
});
process.stdin.on("end", () => process.exit(0));
