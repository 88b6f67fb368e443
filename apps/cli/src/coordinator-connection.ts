/** Asking a group's coordinator what the client library has no words for: in Kafka's protocol itself. */
import { kafkaClientOptions } from "@kaelix/log";
import { type ApiRow, WireReader, WireWriter } from "@kaelix/protocol";
import type * as KafkaModule from "@platformatic/kafka";
import type { Admin, API, Connection } from "@platformatic/kafka";

import { type BrokerOptions, brokerPlace, withAdmin } from "./broker-connection.ts";
import { CommandFailure, EXIT } from "./exit.ts";

/** One API as a client speaks it. */
export interface CoordinatorCall<Request, Response> {
  readonly api: ApiRow;
  readonly encode: (writer: WireWriter, version: number, request: Request) => void;
  readonly decode: (reader: WireReader, version: number) => Response;
}

/** Asks in the newest version that both know. */
export type Ask = <Request, Response>(call: CoordinatorCall<Request, Response>, request: Request) => Promise<Response>;

/** Runs an action that asks the broker that coordinates a group. */
export async function withCoordinator<Result>(
  options: BrokerOptions,
  group: string,
  action: (ask: Ask) => Promise<Result>,
): Promise<Result> {
  const [client, shared] = await Promise.all([import("@platformatic/kafka"), kafkaClientOptions(brokerPlace(options))]);
  return withAdmin(options, async (admin) => {
    const [broker] = await admin.findCoordinator({ keyType: client.FindCoordinatorKeyTypes.GROUP, keys: [group] });
    if (broker === undefined) throw new CommandFailure(EXIT.failed, `Nobody coordinates ${group}`);
    const served = await admin.listApis();
    const pool = new client.ConnectionPool("kaelix", shared);
    try {
      const connection = await pool.get(broker);
      return await action((call, request) => send(client, { connection, served }, call, request));
    } finally {
      await pool.close();
    }
  });
}

interface Coordinator {
  readonly connection: Connection;
  readonly served: Awaited<ReturnType<Admin["listApis"]>>;
}

function send<Request, Response>(
  client: typeof KafkaModule,
  { connection, served }: Coordinator,
  { api, decode, encode }: CoordinatorCall<Request, Response>,
  request: Request,
): Promise<Response> {
  const version = versionOf(api, served);
  const isFlexible = version >= api.flexibleSince;
  const spoken: API<[], Response> = client.createAPI(
    api.key,
    version,
    () => {
      const writer = new WireWriter();
      encode(writer, version, request);
      return client.Writer.create().append(Buffer.from(writer.toBytes()));
    },
    (_correlation, _key, _version, { buffer, position }) => decode(new WireReader(buffer.slice(position)), version),
    isFlexible,
    isFlexible,
  );
  return spoken.async(connection);
}

function versionOf({ key, name, versionMax, versionMin }: ApiRow, served: Coordinator["served"]): number {
  const theirs = served.find(({ apiKey }) => apiKey === key);
  const version = Math.min(versionMax, theirs?.maxVersion ?? -1);
  if (version >= Math.max(versionMin, theirs?.minVersion ?? 0)) return version;
  throw new CommandFailure(
    EXIT.failed,
    `Cannot ask this broker: it does not serve ${name} from version ${versionMin} on`,
  );
}
