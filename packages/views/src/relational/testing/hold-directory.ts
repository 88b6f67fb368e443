/** A process that opens a directory and holds it until it is killed: the other side of a test. */
import { openPglite } from "../pglite/open.ts";

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error("Name the directory to hold");
await openPglite({ directory });
process.send?.("open");
