import { setTimeout as sleep } from "node:timers/promises";

import type { CallOutput, Routes } from "@kaelix/contract";

import { type CommonOptions, connect, type Connection } from "../connection.ts";
import { CommandFailure, EXIT } from "../exit.ts";
import { printJson, ProgressBar, say } from "../output.ts";
import { withProof } from "./prove.ts";

type Own = CallOutput<Routes["userKey.read"]>;
type All = CallOutput<Routes["userKeys.read"]>;

/** Options of `user-key`. */
export interface UserKeyOptions extends CommonOptions {
  readonly everybody?: boolean;
  readonly user?: string;
}

const LOOK_MS = 200;

/** `kaelix user-key status`: how one's own key is, or how far a renewal of everybody's. */
export async function userKeyStatus(options: UserKeyOptions): Promise<number> {
  const connection = await connect(options);
  try {
    if (options.everybody === true) return reportAll((await connection.client.call("userKeys.read")).data, options);
    return reportOwn((await connection.client.call("userKey.read")).data, options);
  } finally {
    await connection.close();
  }
}

/** `kaelix user-key renew`: renews one's own key, another person's, or everybody's, and waits until memories are under it. */
export async function renewUserKey(options: UserKeyOptions): Promise<number> {
  const { everybody, user } = options;
  if (everybody === true && user !== undefined)
    throw new CommandFailure(EXIT.usage, "Cannot renew one person's key and everybody's: give --user or --everybody");
  const connection = await connect(options);
  try {
    const bar = new ProgressBar("user-key renew", options);
    return everybody === true || user !== undefined
      ? reportAll(await renewedAll(connection, bar, user), options)
      : reportOwn(await renewedOwn(connection, bar), options);
  } finally {
    await connection.close();
  }
}

async function renewedOwn(connection: Connection, bar: ProgressBar): Promise<Own> {
  const { client } = connection;
  let { data } = await withProof(connection, () => client.call("userKey.renew"));
  const total = data.behind;
  while (data.renewing && data.at_work) {
    bar.show(total === 0 ? 0 : 1 - data.behind / total, `${total - data.behind} of ${total} memories`);
    await sleep(LOOK_MS);
    ({ data } = await client.call("userKey.read"));
  }
  if (data.renewing) {
    throw new CommandFailure(
      EXIT.failed,
      `The key is renewed, ${data.behind} memories are still under the former one and readable. It is tried again within the hour; the server's log says what stands in the way`,
    );
  }
  bar.end(`✔ version ${data.version}, ${total} memories under it`);
  return data;
}

async function renewedAll({ client }: Connection, bar: ProgressBar, user: string | undefined): Promise<All> {
  let { data } =
    user === undefined
      ? await client.call("userKeys.renew")
      : await client.call("userKeys.renewOne", { params: { id: user } });
  while (data.at_work) {
    bar.show(data.total === 0 ? 0 : data.done / data.total, `${data.done} of ${data.total} memories`);
    await sleep(LOOK_MS);
    ({ data } = await client.call("userKeys.read"));
  }
  if (data.problem !== null) throw new CommandFailure(EXIT.failed, data.problem);
  bar.end(`✔ ${data.done} memories under the new keys`);
  return data;
}

function reportOwn(data: Own, options: CommonOptions): number {
  if (options.json !== undefined) printJson(data, options.json);
  else {
    const behind = data.renewing ? `; ${data.behind} memories follow` : "";
    process.stdout.write(`version ${data.version}${behind}\n`);
  }
  return EXIT.ok;
}

function reportAll(data: All, options: CommonOptions): number {
  if (options.json !== undefined) printJson(data, options.json);
  else process.stdout.write(`${data.people} people, ${data.renewing} whose memories follow a renewed key\n`);
  if (data.problem !== null) say(data.problem, options);
  return data.problem === null ? EXIT.ok : EXIT.found;
}
