/**
 * Schemathesis against the running product, with all its checks: no 5xx, every status, type, header and body as described, wrong data
 * refused and right data taken, undeclared methods refused with `Allow`, nothing without a sign-in.
 *
 * It works from the OpenAPI document that the product prints of itself. What it may not know of some operations stands in schemathesis.toml.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startService } from "../../tools/services/table.ts";
import { openUp, signUpOwner, startProof } from "../proofs/product.ts";

/** What an attack came to. */
export interface AttackOutcome {
  readonly operations: number;
  readonly requests: number;
  /** What it said, when it found something. */
  readonly report: string | undefined;
}

/** It takes so long to begin, and at its end so long to be answered by what was asked last (request-timeout). */
const BESIDE_MS_MAX = 150_000;
const LINE_LENGTH_MAX = 2_000;
const REPORT_LENGTH_MAX = 200_000;

/** Attacks for at most `seconds`; the same seed tries the same requests as far as the time goes. */
export async function attack(options: { readonly seconds: number; readonly seed: number }): Promise<AttackOutcome> {
  const { SCHEMATHESIS_PYTHON: python = "" } = await startService("schemathesis");
  const product = await startProof();
  const place = mkdtempSync(join(tmpdir(), "kaelix-schemathesis-"));
  try {
    const owner = await signUpOwner(product.door);
    const token = await owner.signIn();
    await openUp(product.door, owner, token, 4);
    const told = await product.door.askJson(token, "POST", "/api/v1/memories", { text: "The ferry leaves at ten." });
    const { seconds, seed } = options;
    const settings = join(import.meta.dirname, "schemathesis.toml");
    const parameters = ["-m", "schemathesis.cli", "--config-file", settings, "run", `${product.door.url}/openapi.json`];
    parameters.push("--checks", "all", "--no-shrink", "--no-color", "--warnings", "off");
    parameters.push("--seed", String(seed), "--max-time", String(seconds));
    const child = spawn(python, parameters, {
      cwd: place,
      env: { ...process.env, KAELIX_TOKEN: token, KAELIX_POSITION: String(told.headers["kaelix-position"]) },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: seconds * 1_000 + BESIDE_MS_MAX,
    });
    let said = "";
    const listen = (bytes: Buffer): void => {
      said += bytes.toString();
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    await once(child, "close");
    const requests = Number(/([\d,]+) generated/.exec(said)?.[1]?.replaceAll(",", "") ?? 0);
    const operations = Number(/Tested: (\d+)/.exec(said)?.[1] ?? 0);
    return { operations, requests, report: child.exitCode === 0 ? undefined : shortened(said) };
  } finally {
    await product.close();
    rmSync(place, { recursive: true, force: true });
  }
}

/** A body that was too large is in the report as well, and would hide what else was found. */
function shortened(report: string): string {
  const lines = report.split("\n").map((line) => line.slice(0, LINE_LENGTH_MAX));
  return lines.join("\n").slice(0, REPORT_LENGTH_MAX);
}
