import { type CommonOptions, connected } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { printJson, printTable, say } from "../output.ts";
import { withProof } from "./prove.ts";

const ROLES = ["owner", "admin", "member", "guest"] as const;

/** Options of `invites create`. */
export interface InviteOptions extends CommonOptions {
  readonly role: string;
}

/** `kaelix users list`: everybody, in order of registration. */
export function listUsers(options: CommonOptions): Promise<number> {
  return connected(options, async ({ client }) => {
    const { data } = (await client.call("users.list")).data;
    if (options.json !== undefined) printJson(data, options.json);
    else
      printTable(
        ["USER", "NAME", "PHONE", "ROLE", "STATE", "LAST SEEN"],
        data.map((user) => [
          user.id,
          user.name,
          user.phone,
          user.role,
          user.suspended_at === null ? "in" : "suspended",
          user.last_seen_at ?? "never",
        ]),
      );
  });
}

/** `kaelix users role ID ROLE`. */
export function setRole(id: string, text: string, options: CommonOptions): Promise<number> {
  const role = roleOf(text, ROLES);
  return connected(options, async (connection) => {
    const { client } = connection;
    await withProof(connection, () => client.call("users.setRole", { params: { id }, body: { role } }));
    if (options.json !== undefined) printJson({ id, role }, options.json);
    say(`${id} is ${role} now`, options);
  });
}

/** `kaelix users suspend ID`. */
export function suspend(id: string, options: CommonOptions): Promise<number> {
  return connected(options, async (connection) => {
    await withProof(connection, () => connection.client.call("users.suspend", { params: { id } }));
    if (options.json !== undefined) printJson({ id, state: "suspended" }, options.json);
    say(`Suspended ${id}: sessions ended, keys open nothing`, options);
  });
}

/** `kaelix users restore ID`. */
export function restore(id: string, options: CommonOptions): Promise<number> {
  return connected(options, async (connection) => {
    await withProof(connection, () => connection.client.call("users.restore", { params: { id } }));
    if (options.json !== undefined) printJson({ id, state: "in" }, options.json);
    say(`${id} may sign in again`, options);
  });
}

/** `kaelix users reset ID`: prints the link, this once. */
export function resetUser(id: string, options: CommonOptions): Promise<number> {
  return connected(options, async ({ client, url }) => {
    if (url === undefined) {
      throw new CommandFailure(
        EXIT.unreachable,
        "Cannot make a link: no server runs that would take it, run kaelix serve",
      );
    }
    const { data } = await client.call("users.resetLink", { params: { id } });
    const link = `${url}/reset#code=${encodeURIComponent(data.code)}`;
    if (options.json !== undefined) printJson({ id, link, expires_at: data.expires_at }, options.json);
    else process.stdout.write(`${link}\n`);
    say(
      `Shown this once. It sets a new password, once, until ${data.expires_at}, signs every device out, and opens nothing above Confidential. ` +
        "On another device put the address of this server in place of the one above",
      options,
    );
  });
}

/** `kaelix invites list`: newest first, without their codes. */
export function listInvites(options: CommonOptions): Promise<number> {
  return connected(options, async ({ client }) => {
    const { data } = (await client.call("invites.list")).data;
    if (options.json !== undefined) printJson(data, options.json);
    else if (data.length === 0) say("There are no invitations", options);
    else
      printTable(
        ["INVITE", "ROLE", "STATE", "EXPIRES", "USED BY"],
        data.map((invite) => [invite.id, invite.role, invite.state, invite.expires_at, invite.used_by ?? ""]),
      );
  });
}

/** `kaelix invites create`: prints the code, this once. */
export function createInvite(options: InviteOptions): Promise<number> {
  const role = roleOf(options.role, ["admin", "member", "guest"]);
  return connected(options, async ({ client, url }) => {
    const { data } = await client.call("invites.create", { body: { role } });
    if (options.json !== undefined) printJson(data, options.json);
    else process.stdout.write(`${data.code}\n`);
    const link = url === undefined ? "" : ` or opens ${url}/signup?invite=${encodeURIComponent(data.code)}`;
    say(`Shown this once. Whoever signs up gives it${link}, until ${data.expires_at}`, options);
  });
}

/** `kaelix invites end ID`. */
export function endInvite(id: string, options: CommonOptions): Promise<number> {
  return connected(options, async ({ client }) => {
    await client.call("invites.end", { params: { id } });
    if (options.json !== undefined) printJson({ id, state: "over" }, options.json);
    say(`Ended ${id}`, options);
  });
}

function roleOf<Role extends string>(text: string, roles: readonly Role[]): Role {
  const role = roles.find((one) => one === text);
  if (role !== undefined) return role;
  throw new CommandFailure(EXIT.usage, `Cannot use role: current value is ${text}, must be one of ${roles.join(", ")}`);
}
