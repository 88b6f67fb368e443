/** Redis of Debian, on a free loopback port. The append-only file is synced every second, or before every answer. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

import {
  freePort,
  keepRunning,
  programAt,
  readRunning,
  type Service,
  servicesDirectory,
  startServer,
  stopServer,
  waitForPort,
} from "./service.ts";

const PROGRAM = "/usr/bin/redis-server";

/** Synced every second: what Redis recommends. */
export const redis = redisThatSyncs("redis", "everysec", "REDIS_URL");

/** Synced before every answer: survives a power cut. */
export const redisAlways = redisThatSyncs("redis-always", "always", "REDIS_ALWAYS_URL");

function redisThatSyncs(name: string, appendfsync: "everysec" | "always", variable: string): Service {
  const urlOf = (port: number): Readonly<Record<string, string>> => ({ [variable]: `redis://127.0.0.1:${port}` });
  return {
    name,
    packages: ["redis-server"],
    find: () => programAt(PROGRAM),
    async start(program) {
      const before = await readRunning(name);
      if (before !== undefined) return urlOf(before.port);
      const data = join(servicesDirectory(name), "data");
      // What an earlier run left would be read first, and commands refused meanwhile.
      await rm(data, { recursive: true, force: true });
      await mkdir(data, { recursive: true });
      const port = await freePort();
      const settings = { bind: "127.0.0.1", port: String(port), dir: data, appendonly: "yes", appendfsync, save: "" };
      const parameters = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value]);
      const running = { pid: await startServer(name, program, parameters), port };
      await keepRunning(name, running);
      await waitForPort(name, running);
      return urlOf(port);
    },
    stop: () => stopServer(name),
    async status() {
      const running = await readRunning(name);
      return running && urlOf(running.port);
    },
  };
}
