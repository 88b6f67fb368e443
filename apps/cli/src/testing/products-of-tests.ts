/** Products and data directories that the tests of a file start and make, ended and removed after each. */
import { afterEach } from "vitest";

import { type Product, startProduct, temporaryData } from "./product.ts";

/** For tests that start a dozen processes one after the other: on a busy machine each takes seconds. */
export const MANY_STARTS_MS_MAX = 400_000;

const running: Product[] = [];
const folders: { remove(): void }[] = [];

/** Ends what still runs and removes what was made, after each test of the file that calls this. */
export function endAfterEach(): void {
  afterEach(async () => {
    for (const product of running.splice(0)) if (product.process.exitCode === null) await product.kill();
    for (const folder of folders.splice(0)) folder.remove();
  });
}

/** A new data directory. */
export function dataFolder(): string {
  const data = temporaryData();
  folders.push(data);
  return data.path;
}

/** The product on a data directory, ready. */
export async function start(data: string, environment: Readonly<Record<string, string>> = {}): Promise<Product> {
  const product = await startProduct(data, environment);
  running.push(product);
  return product;
}
