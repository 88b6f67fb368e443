import { createInterface } from "node:readline";

import { isCancel, password, select, text } from "@clack/prompts";

import { CommandFailure, EXIT } from "./exit.ts";

/** True when there is a person to ask. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** A secret: from the environment variable, else asked on the terminal, else the first line of standard input. Never a flag. */
export async function askSecret(question: string, variable: string): Promise<string> {
  const given = process.env[variable];
  if (given !== undefined && given !== "") return given;
  if (canAsk()) return answered(await password({ message: question, output: process.stderr }));
  const line = await firstLine();
  if (line === undefined)
    throw new CommandFailure(EXIT.usage, `Cannot ask for it here: give it on standard input or in ${variable}`);
  return line;
}

/** A line of text, asked on the terminal. */
export async function askText(question: string, suggested?: string): Promise<string> {
  requirePerson(question);
  const initial = suggested === undefined ? {} : { initialValue: suggested };
  return answered(await text({ message: question, output: process.stderr, ...initial }));
}

/** Goes on when it is meant: said by `--yes`, or typed. @throws CommandFailure when it is not, or nobody can be asked */
export async function agree(question: string, isMeant: boolean): Promise<void> {
  if (isMeant) return;
  if (!canAsk()) throw new CommandFailure(EXIT.usage, `Cannot ask "${question}" here: --yes answers it`);
  const answer = await askText(`${question} Type yes`);
  if (answer.trim().toLowerCase() !== "yes") throw new CommandFailure(EXIT.usage, "Cancelled, nothing was changed");
}

/** One of several, asked on the terminal. */
export async function askChoice(
  question: string,
  choices: readonly { readonly value: string; readonly label: string }[],
  suggested: string | null,
): Promise<string> {
  requirePerson(question);
  const initial = suggested === null ? {} : { initialValue: suggested };
  return answered(await select({ message: question, options: [...choices], output: process.stderr, ...initial }));
}

/** Everything on standard input. */
export async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

function requirePerson(question: string): void {
  if (!canAsk()) throw new CommandFailure(EXIT.usage, `Cannot ask "${question}" here: give it as an option`);
}

function answered(answer: string | symbol): string {
  if (isCancel(answer) || typeof answer === "symbol") {
    throw new CommandFailure(EXIT.usage, "Cancelled, nothing was changed");
  }
  return answer;
}

async function firstLine(): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin });
  try {
    for await (const line of lines) return line;
    return undefined;
  } finally {
    lines.close();
  }
}
