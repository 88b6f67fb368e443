/** The commands that keep a house safe in the long run: backups, restoring, and the renewal of keys. */
import type { Command } from "commander";

import type * as operationCommands from "./commands/operations.ts";
import type * as signingKeyCommands from "./commands/signing-keys.ts";
import type * as userKeyCommands from "./commands/user-keys.ts";

/** Wraps an action so that it ends the process with its exit code. */
type Ending = <Parameters extends readonly unknown[]>(
  action: (...parameters: Parameters) => Promise<number> | number,
) => (...parameters: Parameters) => Promise<void>;

type MakeCommand = (parent: Command, usage: string, text: string) => Command;

/** Adds the commands to the program. */
export function addOperationCommands(program: Command, command: MakeCommand, ending: Ending): void {
  const backup = program.command("backup").description("copies of the log at another place; never of the key file");
  command(backup, "create", "make a backup now, beside a running server or without one").action(
    ending(async (...given: Parameters<typeof operationCommands.createBackup>) =>
      (await import("./commands/operations.ts")).createBackup(...given),
    ),
  );
  command(backup, "list", "backups, newest first").action(
    ending(async (...given: Parameters<typeof operationCommands.listBackups>) =>
      (await import("./commands/operations.ts")).listBackups(...given),
    ),
  );
  const here = (of: Command): Command =>
    of
      .option("--from <place>", "place of the backups (KAELIX_BACKUP)")
      .option("--key <file>", "key file (KAELIX_KEY_FILE, else keys/kek.json in the data directory)")
      .option("--at <time>", "the newest backup that is not younger; the newest of all when not given");
  here(command(backup, "verify", "read a whole backup; exit code 8 when anything is not as it was written")).action(
    ending(async (...given: Parameters<typeof operationCommands.verifyBackup>) =>
      (await import("./commands/operations.ts")).verifyBackup(...given),
    ),
  );
  here(command(program, "restore", "restore a backup into an empty data directory"))
    .option(
      "--verify-only",
      "try it: restore into a folder that is removed again, open memories, remember that it went well",
    )
    .action(
      ending(async (...given: Parameters<typeof operationCommands.restore>) =>
        (await import("./commands/operations.ts")).restore(...given),
      ),
    );
  const kek = program.command("kek").description("the key-encryption key, under which every person's key is wrapped");
  command(kek, "status", "where it is kept, its version, and how far a renewal is").action(
    ending(async (...given: Parameters<typeof operationCommands.kekStatus>) =>
      (await import("./commands/operations.ts")).kekStatus(...given),
    ),
  );
  command(kek, "rotate", "renew it; every person's key is wrapped anew, memories are not touched").action(
    ending(async (...given: Parameters<typeof operationCommands.rotateKek>) =>
      (await import("./commands/operations.ts")).rotateKek(...given),
    ),
  );
  addSigningKeyCommands(program, command, ending);
  const userKey = program
    .command("user-key")
    .description("your own key, under which the keys of your memories are wrapped");
  command(userKey, "status", "its version, and how many memories follow a renewal")
    .option("--everybody", "how far a renewal of people's keys is (owner or administrator)")
    .action(
      ending(async (...given: Parameters<typeof userKeyCommands.userKeyStatus>) =>
        (await import("./commands/user-keys.ts")).userKeyStatus(...given),
      ),
    );
  command(userKey, "renew", "renew it; memories follow and stay readable; asks for password or code")
    .option("--everybody", "everybody's (owner or administrator)")
    .option("--user <id>", "another person's (owner or administrator)")
    .action(
      ending(async (...given: Parameters<typeof userKeyCommands.renewUserKey>) =>
        (await import("./commands/user-keys.ts")).renewUserKey(...given),
      ),
    );
}

function addSigningKeyCommands(program: Command, command: MakeCommand, ending: Ending): void {
  const signingKeys = program
    .command("signing-keys")
    .description("what tokens, checkpoints of the audit log and receipts are signed with");
  command(signingKeys, "status", "since when each key signs; exit code 8 when one should have been renewed").action(
    ending(async (...given: Parameters<typeof signingKeyCommands.signingKeysStatus>) =>
      (await import("./commands/signing-keys.ts")).signingKeysStatus(...given),
    ),
  );
  command(signingKeys, "renew", "renew them now, as is done by itself every 90 days (owner or administrator)")
    .option(
      "--end-sessions",
      "refuse at once what the former ones signed: everybody has to sign in again, programs too",
    )
    .action(
      ending(async (...given: Parameters<typeof signingKeyCommands.renewSigningKeys>) =>
        (await import("./commands/signing-keys.ts")).renewSigningKeys(...given),
      ),
    );
}
