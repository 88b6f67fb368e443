/** Chromium for tests in a browser: a program to find, not a server to start. */
import { stat } from "node:fs/promises";

import type { Service } from "./service.ts";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

async function find(): Promise<string | undefined> {
  for (const place of PLACES) if ((await stat(place).catch(() => undefined))?.isFile() === true) return place;
  return undefined;
}

/** See above. Tests start and end their own browsers. */
export const chromium: Service = {
  name: "chromium",
  packages: ["chromium"],
  find,
  start: (program) => Promise.resolve({ CHROMIUM_PATH: program }),
  stop: () => Promise.resolve(),
  async status() {
    const program = await find();
    return program === undefined ? undefined : { CHROMIUM_PATH: program };
  },
};
