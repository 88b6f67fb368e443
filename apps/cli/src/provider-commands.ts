/** The commands of the AI provider. */
import { Command } from "commander";

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
  const provider = program.command("provider").description("AI providers, and whether anything of yours goes to them");
  const shown = command(
    new Command(),
    "show",
    "which AI providers are set up, what they are sent, what they cost today",
  ).action(
    ending(async (...given: Parameters<typeof providerCommands.showProvider>) =>
      (await import("./commands/provider.ts")).showProvider(...given),
    ),
  );
  // Without a word it is this one; options of a command that has words of its own would swallow theirs.
  provider.addCommand(shown, { isDefault: true });
  for (const [word, text] of [
    ["refuse", "from now on nothing of yours is sent to any provider"],
    ["allow", "what is yours may be sent, as far as the server lets it"],
  ] as const) {
    command(provider, word, text).action(
      ending(async (options: Parameters<typeof providerCommands.chooseProvider>[1]) =>
        (await import("./commands/provider.ts")).chooseProvider(word === "allow", options),
      ),
    );
  }
  command(provider, "test", "ask the provider for one word: does it answer, and how fast").action(
    ending(async (...given: Parameters<typeof providerCommands.testProvider>) =>
      (await import("./commands/provider.ts")).testProvider(...given),
    ),
  );
}
