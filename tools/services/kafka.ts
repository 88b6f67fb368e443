/**
 * Apache Kafka on loopback, one node or three, from its own jars (Maven, Java 17 or newer). Perf and console tools, Kafka Streams, Connect and
 * MirrorMaker are among them.
 *
 * Topics are made by whoever wants them: nothing is made by asking for it. Internal topics have the replication the nodes allow.
 */
import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import {
  bring,
  cacheDirectory,
  forgetRunning,
  freePort,
  keepRunning,
  readRunning,
  run,
  type RunningService,
  type Service,
  servicesDirectory,
  startServer,
  stopServer,
  waitForPort,
} from "./service.ts";

const VERSION = "4.3.0";
const LOG4J_VERSION = "2.25.1";
const ARTIFACTS = ["kafka_2.13", "kafka-tools", "kafka-streams", "connect-file", "connect-mirror"];
/** 70 MB, and states in memory do without. */
const WITHOUT_ROCKSDB =
  "<exclusions><exclusion><groupId>org.rocksdb</groupId><artifactId>rocksdbjni</artifactId></exclusion></exclusions>";
const LIBRARIES = join(cacheDirectory(`kafka-${VERSION}`), "libs");
/** Any 22 characters of base64url will do, the same on every node. */
const CLUSTER_ID = "S2FlbGl4VGVzdENsdXN0ZQ";
const HEAP = "-Xmx1g";
const JARS_MS_MAX = 240_000;

/** One node. */
export const kafka = kafkaOf(1, "kafka", "KAFKA_BOOTSTRAP");

/** Three nodes: every topic with three replicas, of which two must have a record before it is acknowledged. */
export const kafkaOfThree = kafkaOf(3, "kafka3", "KAFKA3_BOOTSTRAP");

/** One node as it is started. */
interface Node {
  readonly id: number;
  /** Under `.services`. */
  readonly name: string;
  readonly port: number;
  readonly controllerPort: number;
}

function kafkaOf(count: 1 | 3, name: string, variable: string): Service {
  const names = Array.from({ length: count }, (_, index) => (count === 1 ? name : `${name}/${index + 1}`));
  const environmentOf = (nodes: readonly RunningService[]): Readonly<Record<string, string>> => ({
    [variable]: nodes.map(({ port }) => `127.0.0.1:${port}`).join(","),
    KAFKA_LIBRARIES: LIBRARIES,
  });
  const status = async (): Promise<Readonly<Record<string, string>> | undefined> => {
    const running = await Promise.all(names.map((one) => readRunning(one)));
    const alive = running.filter((one) => one !== undefined);
    return alive.length === count ? environmentOf(alive) : undefined;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(names.map((one) => stopServer(one)));
  };
  return {
    name,
    packages: ["openjdk-17-jre-headless", "maven"],
    find,
    install,
    async start(libraries) {
      const before = await status();
      if (before !== undefined) return before;
      // Of several nodes some may have ended: their ports are in the configuration of the others.
      await stop();
      const nodes: Node[] = [];
      for (const [index, one] of names.entries()) {
        nodes.push({ id: index + 1, name: one, port: await freePort(), controllerPort: await freePort() });
      }
      const running = await Promise.all(nodes.map((node) => startNode(libraries, node, nodes)));
      await Promise.all(nodes.map((node, index) => waitForNode(node, running[index])));
      return environmentOf(running);
    },
    stop,
    status,
  };
}

async function find(): Promise<string | undefined> {
  const files: readonly string[] = await readdir(LIBRARIES).catch(() => []);
  const hasJava = await run("java", ["-version"]).then(
    () => true,
    () => false,
  );
  return hasJava && ARTIFACTS.every((name) => files.includes(`${name}-${VERSION}.jar`)) ? LIBRARIES : undefined;
}

/** What Kafka's archives bring: broker, tools and frameworks, and the logging that is not among their dependencies. */
async function install(): Promise<void> {
  const home = cacheDirectory(`kafka-${VERSION}`);
  const half = `${home}.${process.pid}`;
  await mkdir(half, { recursive: true });
  const dependencies = [
    ...ARTIFACTS.map((name) => ["org.apache.kafka", name, VERSION]),
    ["org.apache.logging.log4j", "log4j-core", LOG4J_VERSION],
    ["org.apache.logging.log4j", "log4j-slf4j-impl", LOG4J_VERSION],
  ].map(
    ([group, artifact, version]) =>
      `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>${WITHOUT_ROCKSDB}</dependency>`,
  );
  await writeFile(
    join(half, "pom.xml"),
    `<project><modelVersion>4.0.0</modelVersion><groupId>kaelix</groupId><artifactId>kafka-service</artifactId>` +
      `<version>1</version><packaging>pom</packaging><dependencies>${dependencies.join("")}</dependencies></project>\n`,
  );
  const copy = ["-B", "-q", "dependency:copy-dependencies", "-DoutputDirectory=libs"];
  await bring(`the jars of Kafka ${VERSION}`, "mvn", copy, { cwd: half, timeoutMs: JARS_MS_MAX });
  await rm(home, { recursive: true, force: true });
  await rename(half, home);
}

async function startNode(libraries: string, node: Node, nodes: readonly Node[]): Promise<RunningService> {
  const folder = servicesDirectory(node.name);
  const data = join(folder, "data");
  await mkdir(data, { recursive: true });
  const properties = join(folder, "server.properties");
  await writeFile(properties, propertiesOf(node, nodes, data));
  await writeFile(join(folder, "log4j2.properties"), LOGGING);
  const java = ["-cp", join(libraries, "*"), `-Dlog4j2.configurationFile=${join(folder, "log4j2.properties")}`];
  if ((await stat(join(data, "meta.properties")).catch(() => undefined)) === undefined) {
    await run("java", [...java, "kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", properties]);
  }
  const parameters = [HEAP, "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20", ...java, "kafka.Kafka", properties];
  const running = { pid: await startServer(node.name, "java", parameters), port: node.port };
  await keepRunning(node.name, running);
  return running;
}

async function waitForNode(node: Node, running: RunningService | undefined): Promise<void> {
  if (running === undefined) throw new Error(`${node.name} was not started`);
  try {
    await waitForPort(node.name, running);
  } catch (error) {
    await stopServer(node.name);
    await forgetRunning(node.name);
    throw error;
  }
}

const LOGGING = `status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d %p %m (%c)%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
`;

function propertiesOf(node: Node, nodes: readonly Node[], data: string): string {
  const copies = nodes.length;
  const copiesMin = copies === 1 ? 1 : 2;
  const settings = {
    "process.roles": "broker,controller",
    "node.id": node.id,
    listeners: `PLAINTEXT://127.0.0.1:${node.port},CONTROLLER://127.0.0.1:${node.controllerPort}`,
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${node.port}`,
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    "controller.quorum.voters": nodes.map(({ controllerPort, id }) => `${id}@127.0.0.1:${controllerPort}`).join(","),
    "log.dirs": data,
    "auto.create.topics.enable": false,
    "default.replication.factor": copies,
    "min.insync.replicas": copiesMin,
    "offsets.topic.replication.factor": copies,
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.replication.factor": copies,
    "transaction.state.log.min.isr": copiesMin,
    "transaction.state.log.num.partitions": 4,
    "share.coordinator.state.topic.replication.factor": copies,
    "share.coordinator.state.topic.min.isr": copiesMin,
    "share.coordinator.state.topic.num.partitions": 4,
    "group.initial.rebalance.delay.ms": 0,
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}
