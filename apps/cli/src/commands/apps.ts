import { type CommonOptions, connect } from "../connection.ts";
import { EXIT } from "../exit.ts";
import { printJson, printTable, say } from "../output.ts";

/** `kaelix apps list`: apps that were let in by signing in, newest first. */
export async function listApps(options: CommonOptions): Promise<number> {
  const connection = await connect(options);
  try {
    const { data } = await connection.client.call("apps.list");
    if (options.json !== undefined) printJson(data.data, options.json);
    else if (data.data.length === 0) say("There are no apps", options);
    else
      printTable(
        ["APP", "NAME", "FROM", "STATE", "LEVEL", "REACH", "LAST USED", "EXPIRES", "SCOPES"],
        data.data.map((app) => [
          app.id,
          app.name,
          app.host ?? app.redirect,
          app.state,
          app.level,
          app.reach,
          app.last_used_at ?? "never",
          app.expires_at,
          app.scopes.join(" "),
        ]),
      );
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

/** `kaelix apps end ID`: the app opens nothing from then on. */
export async function endApp(id: string, options: CommonOptions): Promise<number> {
  const connection = await connect(options);
  try {
    await connection.client.call("apps.end", { params: { id } });
    if (options.json !== undefined) printJson({ id, state: "ended" }, options.json);
    say(`Ended ${id}`, options);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}
