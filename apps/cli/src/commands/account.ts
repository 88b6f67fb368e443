import { hostname } from "node:os";

import { type CommonOptions, connect, connectWithoutSession, dropSession, keepSession } from "../connection.ts";
import { EXIT } from "../exit.ts";
import { printJson, say } from "../output.ts";
import { askSecret, askText } from "../prompt.ts";
import { askSentCode, type CodeWay, isCodeWanted, sendableWay, type TypedCode } from "./prove.ts";

/** Options of `signup` and `login`. */
export interface AccountOptions extends CommonOptions {
  readonly phone?: string;
  readonly name?: string;
  readonly claim?: string;
  readonly invite?: string;
  readonly code?: string;
  readonly send?: CodeWay;
}

/** `kaelix signup`: the first person claims the server, later ones bring an invitation. */
export async function signUp(options: AccountOptions): Promise<number> {
  const phone = options.phone ?? (await askText("Phone number (nobody is texted; it is your sign-in name)", "+"));
  const name = options.name ?? (await askText("Name"));
  const password = await askSecret("Password", "KAELIX_PASSWORD");
  const { client, url } = await connectWithoutSession(options);
  const { data } = await client.call("auth.signUp", {
    body: {
      phone,
      name,
      password,
      ...(options.claim === undefined ? {} : { claim_code: options.claim }),
      ...(options.invite === undefined ? {} : { invite_code: options.invite }),
    },
  });
  if (data.refresh_token !== null) await keepSession(options, url, data.refresh_token);
  if (options.json !== undefined) printJson(data.user, options.json);
  else process.stdout.write(`${data.user.id} ${data.user.role}\n`);
  say(`Signed up as ${data.user.name} on ${hostname()}`, options);
  return EXIT.ok;
}

/** `kaelix login`: signs in and keeps the session for later commands. */
export async function logIn(options: AccountOptions): Promise<number> {
  const phone = options.phone ?? (await askText("Phone number", "+"));
  const password = await askSecret("Password", "KAELIX_PASSWORD");
  const { client, url } = await connectWithoutSession(options);
  const ask = (typed: Partial<TypedCode>): ReturnType<typeof client.call<"auth.logIn">> =>
    client.call("auth.logIn", { body: { phone, password, ...typed } });
  const given = options.code === undefined ? {} : { code: options.code };
  const { data } = await ask(given).catch(async (failure: unknown) => {
    if (!isCodeWanted(failure)) throw failure;
    const way = sendableWay(failure.details["ways"], options.send);
    const send = async (by: CodeWay): Promise<{ readonly request: string }> =>
      (await client.call("auth.logInCode", { body: { phone, password, by } })).data;
    return ask(await askSentCode(way, send));
  });
  if (data.refresh_token !== null) await keepSession(options, url, data.refresh_token);
  if (options.json !== undefined) printJson(data.user, options.json);
  say(`Signed in as ${data.user.name} at ${url}`, options);
  return EXIT.ok;
}

/** `kaelix logout`: ends the kept session. */
export async function logOut(options: CommonOptions): Promise<number> {
  const { url } = await connectWithoutSession(options);
  const connection = await connect({ ...options, server: url });
  try {
    await connection.client.call("auth.logOut");
  } finally {
    await dropSession(options);
    await connection.close();
  }
  say(`Signed out at ${url}`, options);
  return EXIT.ok;
}
