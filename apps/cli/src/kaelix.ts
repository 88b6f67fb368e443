#!/usr/bin/env node
/** The program `kaelix`. What it loads comes compiled from the second start on: the cache has to be on before the first import. */
import { enableCompileCache } from "node:module";

enableCompileCache();
if (process.argv.includes("serve")) {
  // A server begins anew with another setting: before anything is loaded that would have to be loaded twice.
  (await import("./return-memory.ts")).returnFreedMemory();
  // The embedded database loads on its thread while this one loads the rest.
  if ((process.env.DATABASE_URL ?? "") === "") {
    (await import("@kaelix/views/database-thread")).prepareDatabaseThread();
  }
}
const { run } = await import("./main.ts");
await run(process.argv.slice(2));
