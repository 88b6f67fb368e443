/** `kaelix groups` of groups whose coordinator assigns them: members speak to the broker in bare requests. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

import {
  decodeConsumerGroupHeartbeatResponse,
  decodeShareGroupHeartbeatResponse,
  encodeConsumerGroupHeartbeatRequest,
  encodeShareGroupHeartbeatRequest,
} from "@kaelix/protocol/messages";
import { type ClientCodec, connectWire, type WireClient } from "@kaelix/streamer/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

import { type CommandOutcome, runCommand } from "./testing/product.ts";

const MAIN = new URL("kaelix.ts", import.meta.url).pathname;
const CONSUMER: ClientCodec<
  Parameters<typeof encodeConsumerGroupHeartbeatRequest>[2],
  ReturnType<typeof decodeConsumerGroupHeartbeatResponse>
> = {
  api: "ConsumerGroupHeartbeat",
  encodeRequest: encodeConsumerGroupHeartbeatRequest,
  decodeResponse: decodeConsumerGroupHeartbeatResponse,
};
const SHARE: ClientCodec<
  Parameters<typeof encodeShareGroupHeartbeatRequest>[2],
  ReturnType<typeof decodeShareGroupHeartbeatResponse>
> = {
  api: "ShareGroupHeartbeat",
  encodeRequest: encodeShareGroupHeartbeatRequest,
  decodeResponse: decodeShareGroupHeartbeatResponse,
};
let broker: ChildProcess;
let address = "";
let client: WireClient;

beforeAll(async () => {
  const words = [MAIN, "streamer", "--temporary", "--port", "0", "--json"];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "ignore"] });
  broker = child;
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  address = (JSON.parse(line) as { readonly bootstrap: string }).bootstrap;
  const [host = "", port] = address.split(":");
  client = await connectWire({ host, port: Number(port) });
  await run("topics", "create", "work", "--partitions", "2");
});
afterAll(async () => {
  const gone = once(broker, "exit");
  broker.kill("SIGTERM");
  await gone;
});

function run(...words: string[]): Promise<CommandOutcome> {
  return runCommand(words, { environment: { KAELIX_BROKER: address } });
}

async function described(group: string): Promise<unknown> {
  return JSON.parse((await run("groups", "describe", group, "--json")).out);
}

test("groups of every kind are listed, with who works on what", async () => {
  const joining = { memberId: "ann", memberEpoch: 0, subscribedTopicNames: ["work"] };
  await client.send(CONSUMER, 1, {
    ...joining,
    groupId: "readers",
    rebalanceTimeoutMs: 60_000,
    topicPartitions: [],
  });
  await client.send(SHARE, 1, { ...joining, groupId: "sharers" });
  expect((await run("groups", "list")).out).toBe("readers\tStable\tconsumer\nsharers\tStable\tshare\n");
  const ann = { member: "ann", client: "wire-client", host: "127.0.0.1" };
  const members = [{ ...ann, assigned: [{ topic: "work", partitions: [0, 1] }] }];
  expect(await described("readers")).toMatchObject({ type: "consumer", state: "Stable", members });
  expect(await described("sharers")).toMatchObject({ type: "share", state: "Stable", members, partitions: [] });
  expect((await run("groups", "describe", "sharers")).out).toBe("\nann\twire-client\t127.0.0.1\twork:0,1\n");
  expect(await run("groups", "reset", "sharers", "work", "--to", "0")).toMatchObject({ code: 5 });
});

test("a share group is moved when nobody is in it", async () => {
  await client.send(SHARE, 1, { groupId: "movers", memberId: "bob", memberEpoch: 0, subscribedTopicNames: ["work"] });
  await client.send(SHARE, 1, { groupId: "movers", memberId: "bob", memberEpoch: -1 });
  expect((await run("groups", "reset", "movers", "work", "--to", "end")).code).toBe(0);
  const partitions = [0, 1].map((partition) => ({ topic: "work", partition, start: 0, lag: 0 }));
  expect(await described("movers")).toEqual({
    group: "movers",
    state: "Empty",
    type: "share",
    lag: 0,
    members: [],
    partitions,
  });
  expect((await run("groups", "reset", "movers", "work", "--to", "nowhere")).code).toBe(2);
  expect((await run("groups", "delete", "movers")).code).toBe(0);
  expect((await run("groups", "describe", "movers")).code).toBe(3);
});
