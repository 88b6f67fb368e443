/**
 * What sealing adds to telling something.
 *
 *     npm run bench -- sealing [--quick]
 *
 * Two products at once, one as it is and one whose ciphers do nothing; the same memory is told to one and then to the other, the order drawn
 * anew each time, at levels 1 to 3. Both wait for the disk. Making and deriving keys, and the record of the key, are the same in both.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { seededRandom } from "@kaelix/base";

import { type Product, startProduct, temporaryData } from "../../apps/cli/src/testing/product.ts";
import { percentile } from "../log/samples.ts";
import { Door } from "../proofs/door.ts";
import { openUp, signUpOwner } from "../proofs/product.ts";
import type { BenchRow } from "../row.ts";

const ADDED_PERCENT_MAX = 5;
const WARM_UP = 200;
const MARK = "kxqvjz";
const ENVIRONMENT = {
  KAELIX_LOG_LEVEL: "silent",
  KAELIX_USER_REQUESTS_PER_SECOND: "1000000",
  KAELIX_ADDRESS_REQUESTS_PER_SECOND: "1000000",
};

interface Side {
  readonly product: Product;
  readonly data: ReturnType<typeof temporaryData>;
  readonly door: Door;
  readonly token: string;
}

/** Runs the bench. */
export async function run(options: { readonly quick: boolean }): Promise<BenchRow[]> {
  const pairs = options.quick ? 100 : 5_000;
  const warmUp = options.quick ? 20 : WARM_UP;
  const random = seededRandom(1);
  const sealed = await startSide({});
  const open = await startSide({ NODE_OPTIONS: `--import ${join(import.meta.dirname, "without-ciphers.ts")}` });
  try {
    const samples = { sealed: new Float64Array(pairs), open: new Float64Array(pairs), more: new Float64Array(pairs) };
    for (let at = -warmUp; at < pairs; at++) {
      const body = {
        text: `${MARK} ${at} ${"walnuts at the harbour ".repeat(1 + random.integer(20))}`,
        level: 1 + (at & 1) * 2,
      };
      const isSealedFirst = random.integer(2) === 0;
      const first = await tell(isSealedFirst ? sealed : open, body);
      const second = await tell(isSealedFirst ? open : sealed, body);
      if (at < 0) continue;
      samples.sealed[at] = isSealedFirst ? first : second;
      samples.open[at] = isSealedFirst ? second : first;
      samples.more[at] = (samples.sealed[at] ?? 0) - (samples.open[at] ?? 0);
    }
    // Without this the two might be one and the same.
    if (standsInClear(sealed.data.path)) throw new Error("The product that seals has left a text in clear");
    if (!standsInClear(open.data.path)) throw new Error("The product without ciphers has sealed");
    const more = percentile(samples.more, 0.5);
    const [sealedMs, openMs] = [percentile(samples.sealed, 0.95), percentile(samples.open, 0.95)];
    const percent = (sealedMs / openMs - 1) * 100;
    return [
      { name: "pairs", value: pairs, unit: "memories" },
      { name: "told and sealed, p50", value: percentile(samples.sealed, 0.5), unit: "ms" },
      { name: "told without ciphers, p50", value: percentile(samples.open, 0.5), unit: "ms" },
      { name: "told and sealed, p95", value: sealedMs, unit: "ms" },
      { name: "told without ciphers, p95", value: openMs, unit: "ms" },
      { name: "median of the pairs' differences", value: more, unit: "ms" },
      {
        name: "sealing adds to p95",
        value: percent,
        unit: "%",
        target: ADDED_PERCENT_MAX,
        reached: percent < ADDED_PERCENT_MAX,
      },
    ];
  } finally {
    for (const side of [sealed, open]) {
      side.door.close();
      await side.product.stop();
      side.data.remove();
    }
  }
}

async function startSide(environment: Readonly<Record<string, string>>): Promise<Side> {
  const data = temporaryData();
  const product = await startProduct(data.path, { ...ENVIRONMENT, ...environment });
  const door = new Door(product.url);
  const owner = await signUpOwner(door);
  const token = await owner.signIn();
  await openUp(door, owner, token, 4);
  return { product, data, door, token };
}

async function tell({ door, token }: Side, body: Readonly<Record<string, unknown>>): Promise<number> {
  const beganMs = performance.now();
  const heard = await door.askJson(token, "POST", "/api/v1/memories", body);
  const tookMs = performance.now() - beganMs;
  if (heard.status !== 201) throw new Error(`Not told: ${heard.status} ${heard.text.slice(0, 200)}`);
  return tookMs;
}

/** True when a text stands on the log as it was told: in base64, as envelopes are written. */
function standsInClear(data: string): boolean {
  const forms = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), Buffer.from(MARK)])
      .toString("base64url")
      .slice(shift === 0 ? 0 : shift + 1, -2),
  );
  const folder = join(data, "log");
  return readdirSync(folder, { recursive: true, withFileTypes: true }).some((entry) => {
    if (!entry.isFile() || !entry.name.endsWith(".log")) return false;
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    return forms.some((form) => bytes.includes(form));
  });
}
