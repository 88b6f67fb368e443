/** Brokers that speak Kafka's protocol, set beside each other: Apache Kafka and ours. Same clients, same machine, same disk. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { Admin } from "@platformatic/kafka";

import { readRunning } from "../../tools/services/service.ts";
import { startService } from "../../tools/services/table.ts";

/**
 * When an answer is given. `page`: acks=1, in the page cache. `disk`: acks=all and on the disk, which Apache Kafka does when a topic
 * flushes after every request that brings records (`flush.messages=1`) and ours does by itself.
 */
export type Durability = "page" | "disk";

/** A broker to measure. */
export interface Contestant {
  readonly name: string;
  readonly bootstrap: string;
  /** Makes a topic of one partition whose appends are answered so. */
  makeTopic(topic: string, durability: Durability): Promise<void>;
  /** Processor time the broker has taken since it began, s; undefined where the system does not tell. */
  processorSeconds(): number | undefined;
  /** Removes what was made and ends what was started for the bench. */
  end(): Promise<void>;
}

/** What a producer asks for so that an answer means this. */
export function acksOf(durability: Durability): "1" | "all" {
  return durability === "page" ? "1" : "all";
}

/** Apache Kafka of `npm run services -- kafka`, and where its tools are. */
export async function startKafka(): Promise<Contestant & { readonly libraries: string }> {
  const { KAFKA_BOOTSTRAP = "", KAFKA_LIBRARIES = "" } = await startService("kafka");
  const contestant = contestantOf("Apache Kafka", KAFKA_BOOTSTRAP, (durability) =>
    durability === "disk" ? [{ name: "flush.messages", value: "1" }] : [],
  );
  const pid = (await readRunning("kafka"))?.pid;
  return { ...contestant, libraries: KAFKA_LIBRARIES, processorSeconds: () => processorSecondsOf(pid) };
}

/**
 * Our broker in a process of its own.
 * @param profile a folder for its processor profile, which Chrome's developer tools and speedscope show as a flame graph
 */
export async function startOurs(profile?: string): Promise<Contestant> {
  const flags = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
  const child = spawn(process.execPath, [...flags, join(import.meta.dirname, "broker-process.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [line]: unknown[] = await once(createInterface({ input: child.stdout }), "line");
  const contestant = contestantOf("Kaelix", String(line), () => []);
  return {
    ...contestant,
    processorSeconds: () => processorSecondsOf(child.pid),
    end: async () => {
      const closed = once(child, "close");
      child.stdin.end();
      await closed;
    },
  };
}

/** From `/proc`, whose ticks are hundredths of a second. */
function processorSecondsOf(pid: number | undefined): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return undefined;
  }
}

function contestantOf(
  name: string,
  bootstrap: string,
  configsOf: (durability: Durability) => { readonly name: string; readonly value: string }[],
): Omit<Contestant, "processorSeconds"> {
  const topics: string[] = [];
  const withAdmin = async (work: (admin: Admin) => Promise<unknown>): Promise<void> => {
    const admin = new Admin({ clientId: "bench", bootstrapBrokers: [bootstrap], timeout: 30_000 });
    try {
      await work(admin);
    } finally {
      await admin.close();
    }
  };
  return {
    name,
    bootstrap,
    makeTopic: async (topic, durability) => {
      topics.push(topic);
      await withAdmin((admin) =>
        admin.createTopics({ topics: [topic], partitions: 1, replicas: 1, configs: configsOf(durability) }),
      );
    },
    end: () => withAdmin((admin) => admin.deleteTopics({ topics })),
  };
}
