import { type CommonOptions, connected } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { printJson, printTable, say } from "../output.ts";

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
