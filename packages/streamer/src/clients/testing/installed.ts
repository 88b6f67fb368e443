/** The commands of client drivers that `npm run services -- kafka-clients` brings. */
import { fileURLToPath } from "node:url";

import { startService } from "../../../../../tools/services/table.ts";

// The JVM's start is most of what short tests cost.
const JAVA_QUICK = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xshare:auto", "-Xmx256m"];

/** Where an installed thing is. */
export async function installed(name: string): Promise<string> {
  const value = (await startService("kafka-clients"))[name];
  if (value === undefined) throw new Error(`The service kafka-clients says nothing of ${name}`);
  return value;
}

/** Kafka's Java client, and every class of its tools. */
export async function javaCommand(): Promise<readonly string[]> {
  const classes = await installed("KAFKA_CLIENTS_JAVA");
  return ["java", ...JAVA_QUICK, "-Dlog4j2.level=ERROR", "-cp", classes, "ClientDriver"];
}

/** kafka-python as Debian has it, or the newest. */
export async function pythonCommand(version: "debian" | "latest"): Promise<readonly string[]> {
  const driver = [await installed("KAFKA_CLIENTS_PYTHON"), await installed("KAFKA_CLIENTS_PYTHON_DRIVER")];
  return version === "debian"
    ? driver
    : ["env", `PYTHONPATH=${await installed("KAFKA_CLIENTS_PYTHON_LATEST")}`, ...driver];
}

/** franz-go. */
export async function goCommand(): Promise<readonly string[]> {
  return [await installed("KAFKA_CLIENTS_GO")];
}

/** An npm client; nothing needs to be installed. */
export function npmCommand(name: string): readonly string[] {
  return [process.execPath, fileURLToPath(new URL("npm-driver.ts", import.meta.url)), name];
}
