import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import {
  claim,
  PERSON,
  type Product,
  runCommand,
  startProduct,
  temporaryData,
} from "../apps/cli/src/testing/product.ts";

const README = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
/** The lines of README that run the command line, without those that need a file of the reader's. */
const LINES = [...README.matchAll(/^npm run -s kaelix -- (.+)$/gm)]
  .map((match) => match[1] ?? "")
  .filter((line) => !line.includes("~/"));

const data = temporaryData();
let product: Product;

beforeAll(async () => {
  product = await startProduct(data.path);
  await claim(product);
});

afterAll(async () => {
  await product.kill();
  data.remove();
});

test("README's commands do what they say, in the order they stand", async () => {
  expect(LINES.length).toBeGreaterThanOrEqual(4);
  const outcomes: string[] = [];
  for (const line of LINES) {
    const words = [...line.replace(/ > \S+$/, "").matchAll(/"([^"]*)"|(\S+)/g)].map(
      (match) => match[1] ?? match[2] ?? "",
    );
    const outcome = await runCommand([...words, "--data", data.path], {
      environment: { KAELIX_PASSWORD: PERSON.password },
    });
    expect(outcome.code, `${line}\n${outcome.err}`).toBe(0);
    outcomes.push(outcome.out + outcome.err);
  }
  expect(outcomes[0]).toMatch(/^mem_\S+ stored memories\/\d+@\d+ confidential/);
  expect(outcomes[1]).toContain("walnuts [1]");
  expect(outcomes.join("\n")).toContain("Log and views agree");
});
