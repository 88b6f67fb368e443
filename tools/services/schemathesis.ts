/** Schemathesis, which attacks an interface by its OpenAPI document. Nothing is started: `start` says where it is. */
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import { bring, cacheDirectory, programAt, type Service } from "./service.ts";

const VERSION = "4.32.5";
const HOME = cacheDirectory(`schemathesis-${VERSION}`);

/** See the top of the file. */
export const schemathesis: Service = {
  name: "schemathesis",
  packages: ["python3-pip", "python3-venv"],
  async install() {
    // A virtual environment knows its own path, so it is made in place; what is there half is not found.
    await rm(HOME, { recursive: true, force: true });
    await mkdir(HOME, { recursive: true });
    const half = join(HOME, "half");
    await bring("a virtual environment of Python", "python3", ["-m", "venv", half]);
    const wanted = `schemathesis==${VERSION}`;
    await bring(wanted, join(half, "bin/python3"), ["-m", "pip", "install", "-q", wanted]);
    await rename(half, join(HOME, "whole"));
  },
  find: () => programAt(join(HOME, "whole/bin/python3")),
  start: (program) => Promise.resolve(environmentOf(program)),
  stop: () => Promise.resolve(),
  status: async () => {
    const program = await schemathesis.find();
    return program === undefined ? undefined : environmentOf(program);
  },
};

/** Run as a module: the scripts of an environment that was moved name where it was made. */
function environmentOf(program: string): Readonly<Record<string, string>> {
  return { SCHEMATHESIS_PYTHON: program };
}
