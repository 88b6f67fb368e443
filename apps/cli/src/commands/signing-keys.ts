import type { CallOutput, Routes } from "@kaelix/contract";

import { type CommonOptions, connect } from "../connection.ts";
import { EXIT } from "../exit.ts";
import { printJson, printTable, say } from "../output.ts";
import { withProof } from "./prove.ts";

type Keys = CallOutput<Routes["signingKeys.read"]>;

/** Options of `signing-keys renew`. */
export interface SigningKeysOptions extends CommonOptions {
  readonly endSessions?: boolean;
}

/** `kaelix signing-keys status`: since when each key signs. */
export async function signingKeysStatus(options: CommonOptions): Promise<number> {
  const connection = await connect(options);
  try {
    return report((await connection.client.call("signingKeys.read")).data, options);
  } finally {
    await connection.close();
  }
}

/** `kaelix signing-keys renew`: renews them, and ends every session when that is asked for. */
export async function renewSigningKeys(options: SigningKeysOptions): Promise<number> {
  const connection = await connect(options);
  try {
    const body = { end_sessions: options.endSessions === true };
    const { data } = await withProof(connection, () => connection.client.call("signingKeys.renew", { body }));
    if (body.end_sessions)
      say("Every session has ended, and every program that signed in is to be let in again", options);
    return report(data, options);
  } finally {
    await connection.close();
  }
}

function report(data: Keys, options: CommonOptions): number {
  if (options.json !== undefined) printJson(data, options.json);
  else {
    printTable(
      ["SIGNS", "KEY", "SINCE", "RETIRED, STILL GOOD", ""],
      data.keys.map(({ former, late, number, purpose, since }) => {
        return [purpose, String(number), since, String(former), late ? "late" : ""];
      }),
    );
  }
  if (data.problem !== null) say(data.problem, options);
  return data.problem === null && data.keys.every(({ late }) => !late) ? EXIT.ok : EXIT.found;
}
