/** The adapter for clusters against the house's own broker, over TCP: what holds on Apache Kafka (kafka-log.svc.test.ts) holds here. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { encodeText, isKaelixError } from "@kaelix/base";
import { type Broker, startBroker } from "@kaelix/streamer";
import { Admin } from "@platformatic/kafka";
import { afterAll, beforeAll, expect, test } from "vitest";

import { logConformance } from "./conformance.ts";
import { openKafkaLog } from "./kafka-log.ts";
import { type KafkaPlace, parseKafkaUrl } from "./kafka-log-url.ts";
import type { Log } from "./log.ts";

const directory = mkdtempSync(join(tmpdir(), "kaelix-kafka-log-"));
let broker: Broker;
let houses = 0;

beforeAll(async () => {
  broker = await startBroker({ directory, listeners: [{ port: 0 }], config: { "auto.create.topics.enable": "false" } });
});

afterAll(async () => {
  await broker.close();
  rmSync(directory, { recursive: true, force: true });
});

function placeOf(prefix: string): KafkaPlace {
  const parsed = parseKafkaUrl(`kafka://${broker.bootstrap()}/${prefix}`);
  if (parsed.type === "invalid") throw new Error(parsed.must);
  return parsed.place;
}

logConformance("our own broker over TCP", async () => {
  houses += 1;
  const place = placeOf(`house-${houses}.`);
  const log = await openKafkaLog({ place });
  return {
    log,
    end: async () => undefined,
    reopen: async () => {
      await log.close();
      return openKafkaLog({ place });
    },
  };
});

test("topics are listed while others make and delete theirs", async () => {
  const ours = await openKafkaLog({ place: placeOf("shared.") });
  const others = new Admin({ clientId: "others", bootstrapBrokers: [broker.bootstrap()] });
  await ours.createTopic({ name: "stays", partitions: 2 });
  const over = new AbortController();
  const deleting = (async () => {
    for (let at = 0; !over.signal.aborted; at++) {
      const topics = [`shared.goes-${at}`];
      await others.createTopics({ topics, partitions: 1, replicas: 1 });
      await others.deleteTopics({ topics });
    }
  })();
  for (let at = 0; at < 30; at++) {
    const found = (await ours.topics()).find(({ name }) => name === "stays");
    expect(found).toMatchObject({ partitions: 2, bounds: [{ endOffset: 0 }, { endOffset: 0 }] });
  }
  over.abort();
  await deleting;
  await Promise.all([ours.close(), others.close()]);
});

test("a cluster behind TLS and SASL is reached by the url alone; a wrong password and an unknown authority are refused", async () => {
  const home = mkdtempSync(join(tmpdir(), "kaelix-kafka-tls-"));
  const [certFile, keyFile] = [join(home, "cert.pem"), join(home, "key.pem")];
  const subject = ["-subj", "/CN=broker", "-addext", "subjectAltName=IP:127.0.0.1"];
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  execFileSync("openssl", [...request, "-keyout", keyFile, "-out", certFile, ...subject], { stdio: "ignore" });
  const secured = await startBroker({
    directory: join(home, "data"),
    listeners: [
      { port: 0, tls: { cert: readFileSync(certFile), key: readFileSync(keyFile) }, sasl: ["PLAIN", "SCRAM-SHA-256"] },
    ],
    security: { users: { ann: "p@ss:word" } },
  });
  const open = (login: string, query: string): Promise<Log> => {
    const parsed = parseKafkaUrl(`kafkas://${login}@${secured.bootstrap()}/x.?${query}`);
    if (parsed.type === "invalid") throw new Error(parsed.must);
    return openKafkaLog({ place: parsed.place });
  };
  const codeOf = async (work: Promise<Log>): Promise<string> => {
    const failure: unknown = await work.then(
      () => "opened",
      (error: unknown) => error,
    );
    return isKaelixError(failure) ? failure.code : String(failure);
  };
  const ca = `ca=${certFile}`;
  for (const mechanism of ["PLAIN", "SCRAM-SHA-256"]) {
    const log = await open("ann:p%40ss%3Aword", `${ca}&mechanism=${mechanism}`);
    await log.createTopic({ name: mechanism, partitions: 1 });
    const record = { key: null, value: encodeText("hello") };
    await log.append(mechanism, 0, [record], { acknowledge: "durable" });
    expect((await log.read(mechanism, 0, 0)).records).toHaveLength(1);
    await log.close();
    expect(await codeOf(open("ann:wrong", `${ca}&mechanism=${mechanism}`))).toBe("log-denied");
  }
  expect(await codeOf(open("ann:p%40ss%3Aword", ""))).toBe("log-unreachable");
  await secured.close();
  rmSync(home, { recursive: true, force: true });
});
