// Prints "passed failed" of a vitest run read from a log file. Plain JavaScript: it runs on whatever Node the host has.
import { readFileSync } from "node:fs";

const text = readFileSync(process.argv[2] ?? "", "utf8").replaceAll(
  new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g"),
  "",
);
const line = text.match(/^\s*Tests\s+(.*)$/m)?.[1] ?? "";
const count = (word) => Number(line.match(new RegExp(`(\\d+) ${word}`))?.[1] ?? 0);
console.log(count("passed"), count("failed"));
