/** The commands of the AI provider. */
import type { Command } from "commander";

import type * as providerCommands from "./commands/provider.ts";

/** Wraps an action so that it ends the process with its exit code. */
type Ending = <Parameters extends readonly unknown[]>(
  action: (...parameters: Parameters) => Promise<number> | number,
) => (...parameters: Parameters) => Promise<void>;

/** Adds the commands to the program. */
export function addProviderCommands(
  program: Command,
  command: (parent: Command, usage: string, text: string) => Command,
  ending: Ending,
): void {
  const provider = command(
    program,
    "provider",
    "which AI providers are set up, what they are sent, what they cost today",
  );
  provider.action(
    ending(async (...given: Parameters<typeof providerCommands.showProvider>) =>
      (await import("./commands/provider.ts")).showProvider(...given),
    ),
  );
  command(provider, "test", "ask the provider for one word: does it answer, and how fast").action(
    ending(async (...given: Parameters<typeof providerCommands.testProvider>) =>
      (await import("./commands/provider.ts")).testProvider(...given),
    ),
  );
}
