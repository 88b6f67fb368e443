/** Products and data directories that the tests of a file start and make, ended and removed at their end. */
import type { Client } from "@kaelix/contract";
import { afterAll, afterEach } from "vitest";

import {
  claim,
  type CommandOutcome,
  PERSON,
  type Product,
  runCommand,
  startProduct,
  temporaryData,
} from "./product.ts";

const running: Product[] = [];
const folders: { remove(): void }[] = [];

/** A product that `PERSON` has claimed, for all tests of a file. */
export interface ClaimedProduct {
  readonly product: Product;
  readonly owner: Client;
  /** The path of its data directory. */
  readonly data: string;
  /** Runs a command on that data directory, with the password at hand. */
  readonly run: (...words: readonly string[]) => Promise<CommandOutcome>;
}

/** Starts and claims the one product of a file. Call it where the file begins: all is ended and removed after the last test. */
export async function claimedProduct(environment: Readonly<Record<string, string>> = {}): Promise<ClaimedProduct> {
  const data = folderOfFile();
  const product = await startProduct(data, environment);
  afterAll(() => product.kill());
  const run: ClaimedProduct["run"] = (...words) =>
    runCommand([...words, "--data", data], { environment: { KAELIX_PASSWORD: PERSON.password } });
  return { product, owner: await claim(product), data, run };
}

/** A new folder for all tests of a file, removed after the last. */
export function folderOfFile(): string {
  const folder = temporaryData();
  afterAll(() => folder.remove());
  return folder.path;
}

/** Ends what still runs and removes what was made, after each test of the file that calls this. */
export function endAfterEach(): void {
  afterEach(async () => {
    for (const product of running.splice(0)) await product.kill();
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
