/** `kaelix mcp`: a memory for programs on this machine that speak the Model Context Protocol over standard input and output. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { createInterface } from "node:readline";

import { type CommonOptions, connectWithoutSession } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { bridgeMcp } from "../mcp/bridge.ts";
import { say } from "../output.ts";
import { userAgentOf } from "../user-agent.ts";

/** Options of `mcp`. */
export interface McpOptions extends CommonOptions {
  readonly stdio?: boolean;
  readonly printConfig?: string;
  readonly keyFile?: string;
}

const KEY_VARIABLE = "KAELIX_API_KEY";
const KEY_FILE_VARIABLE = "KAELIX_API_KEY_FILE";
const PROGRAMS = ["claude", "cursor", "vscode"] as const;

/** `kaelix mcp --stdio`, or `--print-config PROGRAM`. */
export async function mcp(options: McpOptions): Promise<number> {
  if (options.printConfig !== undefined) return printConfig(options.printConfig, options);
  if (options.stdio !== true) {
    const message = `Cannot tell what to do: give --stdio, or --print-config with one of ${PROGRAMS.join(", ")}`;
    throw new CommandFailure(EXIT.usage, message);
  }
  const key = await readKey(options);
  await bridgeMcp({
    lines: createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY }),
    write: (line) => void process.stdout.write(`${line}\n`),
    locate: async () => (await connectWithoutSession(options)).url,
    key,
    userAgent: userAgentOf("kaelix-mcp"),
    fetch,
  });
  return EXIT.ok;
}

/** The key of the program: secrets are never options. */
async function readKey(options: McpOptions): Promise<string> {
  const file = options.keyFile ?? process.env[KEY_FILE_VARIABLE] ?? "";
  const key = file === "" ? process.env[KEY_VARIABLE] : await readKeyFile(file);
  if (key !== undefined && key.trim() !== "") return key.trim();
  const make = `kaelix keys create "My agent" --agent`;
  throw new CommandFailure(
    EXIT.signIn,
    `Cannot start without a key: make one with ${make}, and give it in ${KEY_VARIABLE} or in a file by --key-file`,
  );
}

async function readKeyFile(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    throw new CommandFailure(
      EXIT.missing,
      `Cannot read the key file ${path}: it must be a file that this user can read`,
    );
  }
}

function printConfig(program: string, options: McpOptions): number {
  const known = PROGRAMS.find((name) => name === program);
  if (known === undefined) {
    const message = `Cannot print the configuration of ${program}: must be one of ${PROGRAMS.join(", ")}`;
    throw new CommandFailure(EXIT.usage, message);
  }
  process.stdout.write(`${JSON.stringify(configOf(known, options), null, 2)}\n`);
  const where = { claude: "claude_desktop_config.json", cursor: ".cursor/mcp.json", vscode: ".vscode/mcp.json" }[known];
  const key = options.keyFile === undefined && known !== "vscode" ? "; put your key where it says klx_…" : "";
  say(`Paste it into ${where}${key}`, options);
  return EXIT.ok;
}

/** Names this very program by its path: what a desktop starts often has another search path. */
function configOf(program: (typeof PROGRAMS)[number], options: McpOptions): object {
  const { data, keyFile, server } = options;
  const args = [
    ...process.execArgv,
    resolve(process.argv[1] ?? ""),
    "mcp",
    "--stdio",
    ...(data === undefined ? [] : ["--data", resolve(data)]),
    ...(server === undefined ? [] : ["--server", server]),
    ...(keyFile === undefined ? [] : ["--key-file", resolve(keyFile)]),
  ];
  const command = { command: process.execPath, args };
  if (program === "vscode") {
    if (keyFile !== undefined) return { servers: { kaelix: { type: "stdio", ...command } } };
    const input = { type: "promptString", id: "kaelix-key", description: "Key of Kaelix", password: true };
    // VS Code asks for the key once and keeps it itself.
    const env = { [KEY_VARIABLE]: "${input:kaelix-key}" };
    return { inputs: [input], servers: { kaelix: { type: "stdio", ...command, env } } };
  }
  const env = keyFile === undefined ? { env: { [KEY_VARIABLE]: "klx_…" } } : {};
  return { mcpServers: { kaelix: { ...command, ...env } } };
}
