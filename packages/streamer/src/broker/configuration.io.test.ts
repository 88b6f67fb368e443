/** Settings that promise something about what is answered, and what a broker of Apache Kafka is started with. */
import {
  decodeSaslAuthenticateResponse,
  decodeSaslHandshakeResponse,
  encodeSaslAuthenticateRequest,
  encodeSaslHandshakeRequest,
} from "@kaelix/protocol/messages";
import { afterEach, describe, expect, it } from "vitest";

import { createTopic, produce, startTestBroker, type TestBroker } from "../testing/test-broker.ts";
import { type ClientCodec, connectWire, type WireClient } from "../testing/wire-client.ts";
import { codecs } from "../testing/wire-codecs.ts";
import { startBroker } from "./start-broker.ts";

const BROKER = 4;
const TOPIC = 2;
const GROUP = 32;
const INVALID_CONFIG = 40;
const NOT_ENOUGH_REPLICAS = 19;

/** The keys of `config/server.properties` as Apache Kafka 4.3 comes with it, but for those that say where and how to listen. */
const SERVER_PROPERTIES = {
  "process.roles": "broker,controller",
  "node.id": "1",
  "controller.quorum.bootstrap.servers": "localhost:9093",
  "inter.broker.listener.name": "PLAINTEXT",
  "controller.listener.names": "CONTROLLER",
  "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL",
  "num.network.threads": "3",
  "num.io.threads": "8",
  "socket.send.buffer.bytes": "102400",
  "socket.receive.buffer.bytes": "102400",
  "socket.request.max.bytes": "104857600",
  "num.partitions": "2",
  "num.recovery.threads.per.data.dir": "2",
  "offsets.topic.replication.factor": "1",
  "share.coordinator.state.topic.replication.factor": "1",
  "share.coordinator.state.topic.min.isr": "1",
  "transaction.state.log.replication.factor": "1",
  "transaction.state.log.min.isr": "1",
  "log.retention.hours": "48",
  "log.segment.bytes": "1073741824",
  "log.retention.check.interval.ms": "300000",
};

type Handshake = Parameters<typeof encodeSaslHandshakeRequest>[2];
const saslHandshake: ClientCodec<Handshake, ReturnType<typeof decodeSaslHandshakeResponse>> = {
  api: "SaslHandshake",
  encodeRequest: encodeSaslHandshakeRequest,
  decodeResponse: decodeSaslHandshakeResponse,
};
type Authenticate = Parameters<typeof encodeSaslAuthenticateRequest>[2];
const saslAuthenticate: ClientCodec<Authenticate, ReturnType<typeof decodeSaslAuthenticateResponse>> = {
  api: "SaslAuthenticate",
  encodeRequest: encodeSaslAuthenticateRequest,
  decodeResponse: decodeSaslAuthenticateResponse,
};

let test: TestBroker;
let client: WireClient;
afterEach(() => test.close());

async function start(config: Readonly<Record<string, string>> = {}): Promise<void> {
  test = await startTestBroker({ config });
  client = await test.connect();
}

async function value(resourceType: number, resourceName: string, name: string): Promise<string | null | undefined> {
  const resources = [{ resourceType, resourceName, configurationKeys: [name] }];
  const { results } = await client.send(codecs.describeConfigs, 4, { resources });
  return results[0]?.configs[0]?.value;
}

async function alter(name: string, key: string, to: string): Promise<number | undefined> {
  const configs = [{ name: key, configOperation: 0, value: to }];
  const resources = [{ resourceType: TOPIC, resourceName: name, configs }];
  return (await client.send(codecs.incrementalAlterConfigs, 1, { resources })).responses[0]?.errorCode;
}

function durableOffset(topic: string): number {
  return test.broker.storage.partition(topic, 0).bounds().durableOffset;
}

describe("settings of a topic", () => {
  it("more replicas than there are refuse what asks for all of them, and nothing else", async () => {
    await start({ "min.insync.replicas": "2" });
    await createTopic(client, "two");
    await createTopic(client, "one", { "min.insync.replicas": "1" });
    expect((await produce(client, "two", ["x"], -1)).errorCode).toBe(NOT_ENOUGH_REPLICAS);
    expect(await produce(client, "two", ["x"], 1)).toMatchObject({ errorCode: 0, baseOffset: 0 });
    expect((await produce(client, "one", ["x"], -1)).errorCode).toBe(0);
    expect(await alter("two", "min.insync.replicas", "1")).toBe(0);
    expect(await produce(client, "two", ["y"], -1)).toMatchObject({ errorCode: 0, baseOffset: 1 });
  });

  it("a flush for every record is done before acks=1 is answered, and for every third before the third", async () => {
    await start();
    await createTopic(client, "each", { "flush.messages": "1" });
    expect((await produce(client, "each", ["x"], 1)).errorCode).toBe(0);
    expect(durableOffset("each")).toBe(1);
    await createTopic(client, "third", { "flush.messages": "3", "kaelix.acks.all": "accepted" });
    await produce(client, "third", ["x", "y"], 1);
    await produce(client, "third", ["z"], -1);
    expect(durableOffset("third")).toBe(3);
  });

  it("that would be kept and ignored are refused", async () => {
    await start();
    await createTopic(client, "local");
    expect(await alter("local", "remote.storage.enable", "true")).toBe(40);
    expect(await alter("local", "remote.storage.enable", "false")).toBe(0);
  });
});

describe("settings of a group", () => {
  const group = "settled";
  const setTimes = async (sessionMs: string | null, heartbeatMs: string | null): Promise<number | undefined> => {
    const change = (name: string, value: string | null) => ({ name, configOperation: value === null ? 1 : 0, value });
    const configs = [
      change("consumer.session.timeout.ms", sessionMs),
      change("consumer.heartbeat.interval.ms", heartbeatMs),
    ];
    const resources = [{ resourceType: GROUP, resourceName: group, configs }];
    return (await client.send(codecs.incrementalAlterConfigs, 1, { resources })).responses[0]?.errorCode;
  };
  const beat = (memberEpoch: number): Promise<{ readonly memberEpoch: number; readonly heartbeatIntervalMs: number }> =>
    client.send(codecs.consumerGroupHeartbeat, 1, {
      groupId: group,
      memberId: "one",
      memberEpoch,
      rebalanceTimeoutMs: memberEpoch === 0 ? 5000 : -1,
      subscribedTopicNames: memberEpoch === 0 ? ["none"] : null,
      topicPartitions: memberEpoch === 0 ? [] : null,
    });

  it("reach its consumers with the next heartbeat, and throw out who is silent for longer", async () => {
    await start();
    const { heartbeatIntervalMs, memberEpoch } = await beat(0);
    expect(heartbeatIntervalMs).toBe(5000);
    expect(await setTimes("200", "100")).toBe(0);
    expect((await beat(memberEpoch)).heartbeatIntervalMs).toBe(100);
    // The broker's own setting would leave the member there for 45 s.
    for (let state = "Stable"; state !== "Empty";) {
      const { groups } = await client.send(codecs.consumerGroupDescribe, 1, { groupIds: [group] });
      state = groups[0]?.groupState ?? "";
    }
  });

  it("hold nobody to time in which the broker stood still", async () => {
    const sessionMs = 1000;
    await start();
    const { memberEpoch } = await beat(0);
    expect(await setTimes(String(sessionMs), "100")).toBe(0);
    await beat(memberEpoch);
    const late = beat(memberEpoch);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1.5 * sessionMs);
    expect(await late).toMatchObject({ errorCode: 0, memberEpoch });
  });

  it("stay over a restart, are listed and taken back, and are refused with reasons", async () => {
    await start();
    expect(await setTimes("100", "100")).toBe(INVALID_CONFIG);
    expect(await setTimes("60000", "0")).toBe(INVALID_CONFIG);
    expect(await setTimes("60000", "4000")).toBe(0);
    await test.broker.close();
    const again = await startBroker({ directory: test.directory, listeners: [{ port: 0 }] });
    client = await connectWire(again.address());
    expect(await value(GROUP, group, "consumer.session.timeout.ms")).toBe("60000");
    expect((await beat(0)).heartbeatIntervalMs).toBe(4000);
    const listed = () => client.send(codecs.listConfigResources, 1, { resourceTypes: [GROUP] });
    expect((await listed()).configResources).toMatchObject([{ resourceName: group, resourceType: GROUP }]);
    expect(await setTimes(null, null)).toBe(0);
    expect((await listed()).configResources).toEqual([]);
    expect(await value(GROUP, group, "consumer.session.timeout.ms")).toBe("45000");
    client.close();
    await again.close();
  });
});

describe("a broker's settings", () => {
  it("are taken as they stand in Apache Kafka's own file, and times in hours count", async () => {
    await start(SERVER_PROPERTIES);
    await createTopic(client, "kept", {}, -1);
    expect(test.broker.storage.topics().get("kept")?.partitions).toHaveLength(2);
    expect(test.broker.storage.topics().get("kept")?.spec.retentionMs).toBe(48 * 3600 * 1000);
    expect(await value(TOPIC, "kept", "retention.ms")).toBe(String(48 * 3600 * 1000));
    expect(await value(BROKER, "1", "log.retention.hours")).toBe("48");
    expect(await value(BROKER, "1", "listeners")).toBe(`PLAINTEXT://${test.broker.bootstrap()}`);
    expect(await value(BROKER, "1", "advertised.listeners")).toBe(`PLAINTEXT://${test.broker.bootstrap()}`);
  });

  it("make who signed in prove it again after a time (KIP-368)", async () => {
    const config = { "connections.max.reauth.ms": "5000" };
    const security = { users: { anna: "secret" } };
    test = await startTestBroker({ config, security, listeners: [{ port: 0, sasl: ["PLAIN"] }] });
    client = await test.connect();
    expect((await client.send(saslHandshake, 1, { mechanism: "PLAIN" })).errorCode).toBe(0);
    const authBytes = Buffer.from("\0anna\0secret");
    expect(await client.send(saslAuthenticate, 2, { authBytes })).toMatchObject({
      errorCode: 0,
      sessionLifetimeMs: 5000,
    });
  });

  it("are refused where something else says it: nobody shall believe that it counts", async () => {
    await start();
    const keys = ["listeners", "advertised.listeners", "log.dirs", "authorizer.class.name", "super.users"];
    for (const key of [...keys, "sasl.enabled.mechanisms", "log.cleaner.enable"]) {
      const options = { directory: "unused", listeners: [{ port: 0 }], config: { [key]: "false" } };
      const starting = Promise.resolve().then(() => startBroker(options));
      await expect(starting, key).rejects.toMatchObject({ code: "broker-config-invalid" });
    }
  });
});
