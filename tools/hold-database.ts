/**
 * What every file of tests that opens houses begins with: what Node has compiled is kept on the disk, as the product keeps it, and
 * so is the stripping of types. And it keeps the database's WebAssembly compiled while the tests of a file run, so that a house after the first
 * opens in a third of the processor time: V8 gives the machine code of a module that is held to whoever compiles the same bytes in the same
 * process.
 */
import { readFile } from "node:fs/promises";
import { createRequire, enableCompileCache } from "node:module";
import { dirname, join } from "node:path";

enableCompileCache();

const room = dirname(createRequire(import.meta.url).resolve("@electric-sql/pglite"));

/** What is held. */
(globalThis as { database?: WebAssembly.Module }).database = await WebAssembly.compile(
  await readFile(join(room, "pglite.wasm")),
);
