/** PostgreSQL of Debian, on a free loopback port, with its data in `.services/postgres`. */
import { spawnSync } from "node:child_process";
import { chown, mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";

import { forgetRunning, freePort, keepRunning, readRunning, run, type Service, servicesDirectory } from "./service.ts";

const NAME = "postgres";
const BINARIES = "/usr/lib/postgresql";
const MAJOR_MIN = 15;

/** See above. */
export const postgres: Service = {
  name: NAME,
  packages: ["postgresql"],
  async find() {
    const majors = await readdir(BINARIES).catch(() => []);
    const newest = majors
      .map(Number)
      .filter((major) => major >= MAJOR_MIN)
      .sort((left, right) => right - left)[0];
    if (newest === undefined) return undefined;
    const program = join(BINARIES, String(newest), "bin");
    return (await exists(join(program, "initdb"))) ? program : undefined;
  },
  async start(program) {
    const running = await readRunning(NAME);
    if (running !== undefined) return urlOf(running.port);
    const { home, data } = places();
    await mkdir(home, { recursive: true });
    const user = await ownerOf(home);
    if (!(await exists(join(data, "PG_VERSION")))) {
      await rm(data, { recursive: true, force: true });
      await asUser(user, join(program, "initdb"), [
        "-D",
        data,
        "-U",
        "kaelix",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-sync",
      ]);
    }
    const port = await freePort();
    const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${home}`;
    // -w waits until it answers; -l takes its output, so that nothing holds our pipes.
    await asUser(user, join(program, "pg_ctl"), ["-D", data, "-w", "-l", join(home, "log"), "-o", settings, "start"]);
    const [firstLine] = (await readFile(join(data, "postmaster.pid"), "utf8")).split("\n");
    await keepRunning(NAME, { pid: Number(firstLine), port });
    return urlOf(port);
  },
  async stop() {
    const running = await readRunning(NAME);
    if (running !== undefined) {
      // SIGINT is PostgreSQL's fast shutdown: open transactions are rolled back.
      process.kill(running.pid, "SIGINT");
      while ((await readRunning(NAME)) !== undefined) await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await forgetRunning(NAME);
  },
  async status() {
    const running = await readRunning(NAME);
    return running && urlOf(running.port);
  },
};

function places(): { readonly home: string; readonly data: string } {
  const home = servicesDirectory(NAME);
  return { home, data: join(home, "data") };
}

function urlOf(port: number): Readonly<Record<string, string>> {
  return { DATABASE_URL: `postgres://kaelix@127.0.0.1:${port}/postgres` };
}

/** PostgreSQL refuses to run as root: then the user that its package made owns the directory and runs it. */
async function ownerOf(home: string): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const user of ["postgres", "nobody"]) {
    const uid = Number(spawnSync("id", ["-u", user]).stdout.toString());
    const gid = Number(spawnSync("id", ["-g", user]).stdout.toString());
    if (!Number.isInteger(uid) || uid === 0) continue;
    await chown(home, uid, gid);
    return user;
  }
  throw new Error("Cannot run PostgreSQL as root: there is neither a user postgres nor nobody");
}

async function asUser(user: string | undefined, program: string, parameters: readonly string[]): Promise<void> {
  if (user === undefined) await run(program, parameters);
  else
    await run("setpriv", [`--reuid=${user}`, `--regid=${user}`, "--clear-groups", program, ...parameters], {
      cwd: "/",
    });
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
