import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { packageStreamer } from "./package-streamer.ts";

// Outside of the repository: nothing of its packages can be found from there.
const folder = mkdtempSync(join(tmpdir(), "kaelix-package-"));
const modules = join(folder, "node_modules");
const installed = join(modules, "@kaelix/streamer");
const ROOT = join(import.meta.dirname, "..");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PROGRAM = `
import { writeFileSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { type Broker, type Interceptor, SimulatedDisk, startBroker, type StartBrokerOptions } from "@kaelix/streamer";
import { Kafka, logLevel } from "kafkajs";

const directory: string = mkdtempSync("kafka-");
writeFileSync("guard.mjs", 'export const interceptor = { onAppend: ({ recordCount }) => recordCount > 2 ? { reject: "too many" } : undefined };');
const options: StartBrokerOptions = {
  directory,
  listeners: [{ port: 0 }],
  config: { "group.initial.rebalance.delay.ms": "0" },
  interceptors: [{ name: "guard", module: join(import.meta.dirname, "guard.mjs") }],
};
const broker: Broker = await startBroker(options);
const kafka = new Kafka({ brokers: [broker.bootstrap()], logLevel: logLevel.NOTHING });
const producer = kafka.producer();
await producer.connect();
await producer.send({ topic: "orders", messages: [{ key: "a", value: "1" }, { key: "b", value: "2" }] });
const three = [{ value: "1" }, { value: "2" }, { value: "3" }];
const refused: boolean = await producer.send({ topic: "orders", messages: three }).then(() => false, () => true);
await producer.disconnect();
const consumer = kafka.consumer({ groupId: "readers" });
await consumer.connect();
await consumer.subscribe({ topic: "orders", fromBeginning: true });
const values: string[] = [];
await new Promise<void>((resolve) =>
  consumer.run({
    eachMessage: async ({ message }) => {
      values.push(String(message.value));
      if (values.length === 2) resolve();
    },
  }),
);
await consumer.disconnect();
const plugIn: Interceptor = { onAppend: ({ topic }) => ({ reject: topic }) };
// @ts-expect-error ports are numbers
const wrong: StartBrokerOptions = { listeners: [{ port: "9092" }] };
await broker.close();
const disk = await startBroker({ directory, listeners: [{ port: 0 }] });
const kept: number = disk.storage.partition("orders", 0).bounds().endOffset;
await disk.close();
console.log(JSON.stringify({ values, refused, kept, simulated: typeof SimulatedDisk, plugIn: Object.keys(plugIn), wrong: Object.keys(wrong) }));
`;

test("another project's test starts the broker from the package, with types and any client", () => {
  packageStreamer(installed);
  const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as { dependencies: object };
  // What npm would bring, and a client of the other project's.
  for (const name of [...Object.keys(manifest.dependencies), "kafkajs", "@types/node", "undici-types"]) bring(name);
  const declared = ["node:", ...Object.keys(manifest.dependencies), "kafkajs"];
  for (const name of readdirSync(installed, { recursive: true, encoding: "utf8" })) {
    if (!/\.(js|ts)$/.test(name)) continue;
    const code = readFileSync(join(installed, name), "utf8");
    const imports = [...code.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, from]) => from ?? "");
    const foreign = imports.filter(
      (from) => !from.startsWith(".") && !declared.some((known) => from.startsWith(known)),
    );
    expect(foreign, name).toEqual([]);
  }
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "program.ts"), PROGRAM);
  const strict = ["--strict", "--exactOptionalPropertyTypes", "--noEmit", "--target", "es2024", "--module", "nodenext"];
  expect(run(join(ROOT, "node_modules/.bin/tsc"), [...strict, "--types", "node", "program.ts"])).toBe("");
  expect(JSON.parse(run(process.execPath, ["program.ts"]))).toEqual({
    values: ["1", "2"],
    refused: true,
    kept: 2,
    simulated: "function",
    plugIn: ["onAppend"],
    wrong: ["listeners"],
  });
});

function bring(name: string): void {
  mkdirSync(dirname(join(modules, name)), { recursive: true });
  symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
}

function run(command: string, parameters: readonly string[]): string {
  try {
    return execFileSync(command, parameters, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    // A compiler says on its output what is wrong, a program on the other.
    const { stderr, stdout } = error as { stderr: string; stdout: string };
    throw new Error(`${stdout}${stderr}`, { cause: error });
  }
}
