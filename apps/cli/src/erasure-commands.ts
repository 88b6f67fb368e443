/** The commands of forgetting for good. */
import type { Command } from "commander";

import type * as erasureCommands from "./commands/erasures.ts";

/** What adding commands needs of the program. */
interface Adding {
  readonly command: (parent: Command, usage: string, text: string) => Command;
  readonly recallOptions: (of: Command) => Command;
  readonly ending: <Parameters extends readonly unknown[]>(
    action: (...parameters: Parameters) => Promise<number> | number,
  ) => (...parameters: Parameters) => Promise<void>;
}

/** Adds the commands to the program. */
export function addErasureCommands(program: Command, { command, ending, recallOptions }: Adding): void {
  const forGood = (of: Command): Command =>
    of
      .option("--now", "no time for undoing: unreadable when this ends")
      .option("--yes", "do not ask again")
      .option("--receipt <file>", "with --now: keep the signed receipt in this file");
  forGood(
    recallOptions(
      command(program, "forget [ids...]", "erase memories, by id or by what a search finds; asks for proof"),
    ),
  )
    .option("--search <query>", "everything that this finds, up to 10,000; with the options of search")
    .action(
      ending(async (...given: Parameters<typeof erasureCommands.forget>) =>
        (await import("./commands/erasures.ts")).forget(...given),
      ),
    );
  const erase = program.command("erase").description("forget for good: keys are shredded, a signed receipt shows it");
  forGood(command(erase, "import <id>", "everything that an import brought")).action(
    ending(async (...given: Parameters<typeof erasureCommands.eraseImport>) =>
      (await import("./commands/erasures.ts")).eraseImport(...given),
    ),
  );
  forGood(command(erase, "source <kind>", "everything that came from chat, rest, cli, mcp, kafka, whatsapp, …"))
    .option("--since <time>", "told to Kaelix not before this day or time")
    .option("--open <level>", "open up to this level first: what is above stays")
    .action(
      ending(async (...given: Parameters<typeof erasureCommands.eraseSource>) =>
        (await import("./commands/erasures.ts")).eraseSource(...given),
      ),
    );
  forGood(
    command(erase, "key <id>", "everything that a program told with its key; what it only changed: kaelix keys undo"),
  )
    .option("--since <time>", "told not before this day or time")
    .option("--open <level>", "open up to this level first: what is above stays")
    .action(
      ending(async (...given: Parameters<typeof erasureCommands.eraseKey>) =>
        (await import("./commands/erasures.ts")).eraseKey(...given),
      ),
    );
  command(erase, "account", "the account and everything in it, at once; asks for the phone number and for proof")
    .option("--confirm <phone>", "phone number of the account; asked for when not given")
    .option("--receipt <file>", "keep the signed receipt in this file; printed when not given")
    .action(
      ending(async (...given: Parameters<typeof erasureCommands.eraseAccount>) =>
        (await import("./commands/erasures.ts")).eraseAccount(...given),
      ),
    );
  addErasureReading(erase, { command, ending });
}

function addErasureReading(erase: Command, { command, ending }: Omit<Adding, "recallOptions">): void {
  command(erase, "list", "erasures, newest first").action(
    ending(async (...given: Parameters<typeof erasureCommands.listErasures>) =>
      (await import("./commands/erasures.ts")).listErasures(...given),
    ),
  );
  command(erase, "show <id>", "how far an erasure is; prints its receipt once it is done").action(
    ending(async (...given: Parameters<typeof erasureCommands.showErasure>) =>
      (await import("./commands/erasures.ts")).showErasure(...given),
    ),
  );
  command(erase, "undo <id>", "undo an erasure before it is due").action(
    ending(async (...given: Parameters<typeof erasureCommands.undoErasure>) =>
      (await import("./commands/erasures.ts")).undoErasure(...given),
    ),
  );
  command(erase, "verify <file>", "check a receipt, without a server; exit code 8 when it is not as it was signed")
    .option("--key <key>", "public key of the audit log, as kaelix audit checkpoint --json tells it")
    .option("--keys <file>", "all its keys, as kaelix audit keys prints them: for receipts of before a renewal")
    .action(
      ending(async (...given: Parameters<typeof erasureCommands.verifyReceipt>) =>
        (await import("./commands/erasures.ts")).verifyReceipt(...given),
      ),
    );
}
