/** The command that gives agents on this machine a memory. */
import type { Command } from "commander";

import type * as mcpCommands from "./commands/mcp.ts";

/** Wraps an action so that it ends the process with its exit code. */
type Ending = <Parameters extends readonly unknown[]>(
  action: (...parameters: Parameters) => Promise<number> | number,
) => (...parameters: Parameters) => Promise<void>;

/** Adds the command to the program. */
export function addMcpCommand(
  program: Command,
  command: (parent: Command, usage: string, text: string) => Command,
  ending: Ending,
): void {
  command(program, "mcp", "memory for agents: the Model Context Protocol for programs on this machine")
    .option("--stdio", "speak over standard input and output, with the running server behind")
    .option("--print-config <program>", "print what to paste into claude, cursor or vscode")
    .option("--key-file <file>", "file that holds the key (KAELIX_API_KEY_FILE; else the key is in KAELIX_API_KEY)")
    .action(
      ending(async (...given: Parameters<typeof mcpCommands.mcp>) => (await import("./commands/mcp.ts")).mcp(...given)),
    );
}
