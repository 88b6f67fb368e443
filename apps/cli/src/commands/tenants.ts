import { type CommonOptions, connected } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { printJson, printTable, say } from "../output.ts";
import { askText } from "../prompt.ts";
import { report } from "./erasures.ts";
import { withProof } from "./prove.ts";

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** `kaelix tenants list`: every organisation, by name. */
export function listTenants(options: CommonOptions): Promise<number> {
  return connected(options, async ({ client }) => {
    const { data } = (await client.call("tenants.list")).data;
    if (options.json !== undefined) printJson(data, options.json);
    else
      printTable(
        ["TENANT", "PEOPLE", "STATE", "INVITED UNTIL"],
        data.map(({ id, invited_until: until, people, state }) => [id, String(people), state, until ?? ""]),
      );
  });
}

/** `kaelix tenants add NAME`: prints the code of its owner's invitation, this once. */
export function addTenant(name: string, options: CommonOptions): Promise<number> {
  if (!NAME.test(name)) {
    const text = `Cannot use tenant: current value is ${name}, must be 1 to 63 of a-z, 0-9 and hyphen`;
    throw new CommandFailure(EXIT.usage, text);
  }
  return connected(options, async ({ client, url }) => {
    const { data } = await client.call("tenants.create", { body: { id: name } });
    if (options.json !== undefined) printJson(data, options.json);
    else process.stdout.write(`${data.code}\n`);
    const link = url === undefined ? "" : ` or opens ${url}/signup?invite=${encodeURIComponent(data.code)}`;
    say(`Shown this once. Whoever signs up with it${link} owns ${name}, until ${data.expires_at}`, options);
  });
}

/** `kaelix tenants suspend NAME`: nobody of it comes in until it goes on. */
export function suspendTenant(id: string, options: CommonOptions): Promise<number> {
  return connected(options, async (connection) => {
    await withProof(connection, () => connection.client.call("tenants.suspend", { params: { id } }));
    if (options.json !== undefined) printJson({ id, state: "suspended" }, options.json);
    say(`Suspended ${id}: nobody of it comes in, sessions ended, keys and apps open nothing, imports stopped`, options);
  });
}

/** `kaelix tenants resume NAME`. */
export function resumeTenant(id: string, options: CommonOptions): Promise<number> {
  return connected(options, async (connection) => {
    await withProof(connection, () => connection.client.call("tenants.resume", { params: { id } }));
    if (options.json !== undefined) printJson({ id, state: "used" }, options.json);
    say(`The people of ${id} may sign in again; stopped imports go on`, options);
  });
}

/**
 * `kaelix tenants end NAME`: erases every account in it. Its name is typed anew; the receipt goes to the file that was named, or to
 * standard output.
 */
export function endTenant(
  id: string,
  options: CommonOptions & { readonly confirm?: string; readonly receipt?: string },
): Promise<number> {
  return connected(options, async (connection) => {
    say(`This erases ${id}: every account in it and everything they keep. It cannot be undone`, options);
    const confirm = options.confirm ?? (await askText("Name of the organisation, to go on"));
    const call = { params: { id }, body: { confirm } };
    const { data } = await withProof(connection, () => connection.client.call("tenants.end", call));
    await report(data, options);
  });
}
