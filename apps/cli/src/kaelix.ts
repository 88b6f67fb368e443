#!/usr/bin/env node
/** The program `kaelix`. What it loads comes compiled from the second start on: the cache has to be on before the first import. */
import { enableCompileCache } from "node:module";

enableCompileCache();
// A server begins anew with another setting: before anything is loaded that would have to be loaded twice.
if (process.argv.includes("serve")) (await import("./return-memory.ts")).returnFreedMemory();
const { run } = await import("./main.ts");
await run(process.argv.slice(2));
