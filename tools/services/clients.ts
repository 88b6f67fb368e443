/**
 * Kafka clients that are no npm package, ready to be run: kcat, kafka-python, Kafka's own Java client and tools, franz-go.
 *
 * Nothing is started: `start` brings what is missing, compiles the drivers in `clients/`, and says where everything is. The drivers take
 * a line of JSON per request on standard input (`ClientDriver.java` lists the operations) and answer with a line each.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { kafka } from "./kafka.ts";
import { bring, cacheDirectory, run, type Service } from "./service.ts";

const SOURCES = join(dirname(fileURLToPath(import.meta.url)), "clients");
const JAVA_SOURCES = ["java/ClientDriver.java", "java/WordCount.java"];
const PYTHON = "/usr/bin/python3";
const PYTHON_MODULES = "/usr/lib/python3/dist-packages";
const COMPILE_MS_MAX = 60_000;
const GO_MS_MAX = 180_000;
/** Beside Debian's 2.0.2, the newest. */
const KAFKA_PYTHON = "kafka-python==3.0.12";

/** See the top of the file. */
export const kafkaClients: Service = {
  name: "kafka-clients",
  packages: [
    "kcat",
    "openssl",
    "python3-kafka",
    "python3-lz4",
    "python3-pip",
    "python3-snappy",
    "python3-zstandard",
    "openjdk-17-jdk-headless",
    "maven",
  ],
  find,
  install,
  start: environmentOf,
  stop: () => Promise.resolve(),
  status: async () => {
    const home = await find();
    return home === undefined ? undefined : environmentOf(home);
  },
};

/** The folder of what is compiled from these very sources; another one for others. */
async function homeOf(): Promise<string> {
  const hash = createHash("sha256").update(KAFKA_PYTHON);
  for (const name of [...JAVA_SOURCES, "go/main.go", "go/go.sum"]) hash.update(await readFile(join(SOURCES, name)));
  return cacheDirectory(`kafka-clients-${hash.digest("hex").slice(0, 16)}`);
}

async function find(): Promise<string | undefined> {
  const home = await homeOf();
  const modules = ["kafka", "lz4", "snappy", "zstandard"].map((name) => join(PYTHON_MODULES, name));
  const needed = [home, "/usr/bin/kcat", "/usr/bin/openssl", ...modules];
  const there = await Promise.all(needed.map((path) => stat(path).catch(() => undefined)));
  return there.includes(undefined) || (await kafka.find()) === undefined ? undefined : home;
}

async function install(): Promise<void> {
  const home = await homeOf();
  if ((await stat(home).catch(() => undefined)) !== undefined) return;
  if ((await kafka.find()) === undefined) await kafka.install?.();
  const half = `${home}.${process.pid}`;
  try {
    await mkdir(join(half, "java"), { recursive: true });
    const steps = await Promise.allSettled([compileJava(half), buildGo(half), fetchPython(half)]);
    for (const step of steps) if (step.status === "rejected") throw step.reason;
    await rename(half, home);
  } finally {
    await rm(half, { recursive: true, force: true });
  }
}

async function compileJava(folder: string): Promise<void> {
  const classes = ["-nowarn", "-cp", await libraries(), "-d", join(folder, "java")];
  const sources = JAVA_SOURCES.map((name) => join(SOURCES, name));
  await run("javac", [...classes, ...sources], { timeoutMs: COMPILE_MS_MAX });
}

function buildGo(folder: string): Promise<void> {
  const build = ["build", "-o", join(folder, "franz-go"), "."];
  // On a new machine Go compiles its own library too.
  const options = { cwd: join(SOURCES, "go"), timeoutMs: GO_MS_MAX };
  return bring("franz-go (Go 1.26 or newer must be in the PATH)", "go", build, options);
}

function fetchPython(folder: string): Promise<void> {
  const pip = ["-m", "pip", "install", "-q", "--no-deps", "--root-user-action=ignore", "--target"];
  return bring(KAFKA_PYTHON, PYTHON, [...pip, join(folder, "kafka-python"), KAFKA_PYTHON]);
}

async function libraries(): Promise<string> {
  return join((await kafka.find()) ?? "", "*");
}

async function environmentOf(home: string): Promise<Readonly<Record<string, string>>> {
  return {
    KAFKA_CLIENTS_KCAT: "/usr/bin/kcat",
    KAFKA_CLIENTS_JAVA: `${join(home, "java")}:${await libraries()}`,
    KAFKA_CLIENTS_GO: join(home, "franz-go"),
    KAFKA_CLIENTS_PYTHON: PYTHON,
    KAFKA_CLIENTS_PYTHON_DRIVER: join(SOURCES, "python", "driver.py"),
    KAFKA_CLIENTS_PYTHON_LATEST: join(home, "kafka-python"),
  };
}
