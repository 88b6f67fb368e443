/** An S3-compatible store over a folder (versitygw), on a free loopback port. Built from the Go module proxy. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import {
  cacheDirectory,
  freePort,
  installGoProgram,
  keepRunning,
  programAt,
  readRunning,
  type Service,
  servicesDirectory,
  startServer,
  stopServer,
  waitForPort,
} from "./service.ts";

const NAME = "versitygw";
const VERSION = "v1.8.0";
const HOME = cacheDirectory(`${NAME}-${VERSION}`);
const PROGRAM = join(HOME, NAME);
/** Of the tests' own store: nothing real is ever in it. */
const ACCESS = "kaelixtests";
const SECRET = "kaelixtests-secret";
/** A folder at the top is a bucket. */
const BUCKET = "kaelix";

/** A store that speaks S3. */
export const versitygw: Service = {
  name: NAME,
  packages: [],
  install: () => installGoProgram(`github.com/versity/versitygw/cmd/versitygw@${VERSION}`, HOME),
  find: () => programAt(PROGRAM),
  async start(program) {
    const before = await readRunning(NAME);
    if (before !== undefined) return environmentOf(before.port);
    const folder = join(servicesDirectory(NAME), "data");
    await mkdir(join(folder, BUCKET), { recursive: true });
    const port = await freePort();
    const parameters = ["--access", ACCESS, "--secret", SECRET, "--port", `127.0.0.1:${port}`, "posix", folder];
    const running = { pid: await startServer(NAME, program, parameters), port };
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
  return { S3_PLACE: `s3+http://127.0.0.1:${port}/${BUCKET}`, S3_ACCESS_KEY: ACCESS, S3_SECRET_KEY: SECRET };
}
