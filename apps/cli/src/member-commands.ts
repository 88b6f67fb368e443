/** The commands of those who run an installation: users, invitations, organisations. */
import type { Command } from "commander";

import type { AddCommand, Ending } from "./access-commands.ts";
import type * as memberCommands from "./commands/members.ts";
import type * as tenantCommands from "./commands/tenants.ts";

/** Adds the commands to the program. */
export function addMemberCommands(program: Command, command: AddCommand, ending: Ending): void {
  const users = program.command("users").description("who belongs to this installation");
  command(users, "list", "everybody, in order of registration").action(
    ending(async (...given: Parameters<typeof memberCommands.listUsers>) =>
      (await import("./commands/members.ts")).listUsers(...given),
    ),
  );
  command(users, "role <id> <role>", "make somebody owner, admin, member or guest; asks for password or code").action(
    ending(async (...given: Parameters<typeof memberCommands.setRole>) =>
      (await import("./commands/members.ts")).setRole(...given),
    ),
  );
  command(users, "suspend <id>", "keep somebody out: their sessions end and their keys open nothing").action(
    ending(async (...given: Parameters<typeof memberCommands.suspend>) =>
      (await import("./commands/members.ts")).suspend(...given),
    ),
  );
  command(users, "restore <id>", "let somebody in again").action(
    ending(async (...given: Parameters<typeof memberCommands.restore>) =>
      (await import("./commands/members.ts")).restore(...given),
    ),
  );
  command(
    users,
    "reset <id>",
    "a link that sets somebody's lost password; only on the machine that holds the data",
  ).action(
    ending(async (...given: Parameters<typeof memberCommands.resetUser>) =>
      (await import("./commands/members.ts")).resetUser(...given),
    ),
  );
  const invites = program.command("invites").description("invitations to sign up");
  command(invites, "list", "invitations, newest first, without their codes").action(
    ending(async (...given: Parameters<typeof memberCommands.listInvites>) =>
      (await import("./commands/members.ts")).listInvites(...given),
    ),
  );
  command(invites, "create", "invite somebody; prints the code, this once")
    .option("--role <role>", "admin, member or guest", "member")
    .action(
      ending(async (...given: Parameters<typeof memberCommands.createInvite>) =>
        (await import("./commands/members.ts")).createInvite(...given),
      ),
    );
  command(invites, "end <id>", "take an invitation back").action(
    ending(async (...given: Parameters<typeof memberCommands.endInvite>) =>
      (await import("./commands/members.ts")).endInvite(...given),
    ),
  );
  addTenantCommands(program, command, ending);
}

function addTenantCommands(program: Command, command: AddCommand, ending: Ending): void {
  const tenants = program.command("tenants").description("organisations that share this server and nothing else");
  command(tenants, "list", "organisations by name, with how many people they have").action(
    ending(async (...given: Parameters<typeof tenantCommands.listTenants>) =>
      (await import("./commands/tenants.ts")).listTenants(...given),
    ),
  );
  command(tenants, "add <name>", "make one by inviting its owner; prints the code, this once").action(
    ending(async (...given: Parameters<typeof tenantCommands.addTenant>) =>
      (await import("./commands/tenants.ts")).addTenant(...given),
    ),
  );
  command(tenants, "suspend <name>", "keep everybody of it out until it goes on; asks for password or code").action(
    ending(async (...given: Parameters<typeof tenantCommands.suspendTenant>) =>
      (await import("./commands/tenants.ts")).suspendTenant(...given),
    ),
  );
  command(tenants, "resume <name>", "let its people in again; asks for password or code").action(
    ending(async (...given: Parameters<typeof tenantCommands.resumeTenant>) =>
      (await import("./commands/tenants.ts")).resumeTenant(...given),
    ),
  );
  command(tenants, "end <name>", "erase it with every account in it, at once; asks for its name and for proof")
    .option("--confirm <name>", "name of the organisation; asked for when not given")
    .option("--receipt <file>", "keep the signed receipt in this file; printed when not given")
    .action(
      ending(async (...given: Parameters<typeof tenantCommands.endTenant>) =>
        (await import("./commands/tenants.ts")).endTenant(...given),
      ),
    );
}
