import { clientName } from "@kaelix/contract/client-name";

import { type CommonOptions, connect } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { printJson, printTable, say } from "../output.ts";

/** Options of `sessions end`. */
export interface EndOptions extends CommonOptions {
  readonly others?: boolean;
}

/** `kaelix sessions list`: devices that are signed in, latest use first. */
export async function listSessions(options: CommonOptions): Promise<number> {
  const connection = await connect(options);
  try {
    const { data } = await connection.client.call("sessions.list");
    if (options.json !== undefined) printJson(data.data, options.json);
    else if (data.data.length === 0) say("No device is signed in", options);
    else
      printTable(
        ["SESSION", "LAST USED", "SINCE", "", "CLIENT"],
        data.data.map((session) => [
          session.id,
          session.last_used_at,
          session.started_at,
          session.current ? "this one" : "",
          clientName(session.client),
        ]),
      );
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

/** `kaelix sessions end ID` or `kaelix sessions end --others`. */
export async function endSessions(id: string | undefined, options: EndOptions): Promise<number> {
  if ((id === undefined) === (options.others !== true)) {
    throw new CommandFailure(EXIT.usage, "Cannot tell which session to end: give its id, or --others");
  }
  const connection = await connect(options);
  try {
    let ended = 1;
    if (id === undefined) ended = (await connection.client.call("sessions.endOthers")).data.ended;
    else await connection.client.call("sessions.end", { params: { id } });
    if (options.json !== undefined) printJson({ ended }, options.json);
    say(ended === 1 ? "Ended 1 session" : `Ended ${ended} sessions`, options);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}
