/** Opens our Fernet tokens with another implementation: Python's `cryptography`, when this machine has it. */
import { spawnSync } from "node:child_process";
import { createSecretKey } from "node:crypto";

import { systemRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import { openFernet } from "./cipher.ts";
import { exportFernet, sealBytes, type SealScope } from "./envelope.ts";

const found = spawnSync("python3", ["-c", "import cryptography; print(cryptography.__version__)"], {
  encoding: "utf8",
});
const reason = found.status === 0 ? undefined : "python3 with the package cryptography is absent";
const title = "exportFernet gives tokens that Python's cryptography opens, and its tokens open here";

function python(program: string, ...values: readonly string[]): string {
  const ran = spawnSync("python3", ["-c", program, ...values], { encoding: "utf8" });
  expect(ran.stderr).toBe("");
  return ran.stdout;
}

test.skipIf(reason !== undefined)(reason === undefined ? title : `${title} (skipped: ${reason})`, () => {
  const scope: SealScope = {
    tenant: "default",
    user: "usr_a",
    subject: "mem_a",
    level: 2,
    version: 1,
    purpose: "content",
  };
  const key = { key: createSecretKey(systemRandom.bytes(32)), keyVersion: 1 };
  const opener =
    "import sys; from cryptography.fernet import Fernet; print(Fernet(sys.argv[1]).decrypt(sys.argv[2].encode()).hex())";
  const sealer =
    "import sys; from cryptography.fernet import Fernet; print(Fernet(sys.argv[1]).encrypt(bytes.fromhex(sys.argv[2])).decode())";
  for (const length of [0, 1, 15, 16, 17, 1_000]) {
    const plaintext = Buffer.from(systemRandom.bytes(length));
    const exported = exportFernet(
      key,
      scope,
      sealBytes(key, scope, plaintext, { nowMs: Date.now(), random: systemRandom }),
    );
    if (exported === undefined) expect.fail("An envelope of level 2 holds a Fernet token");
    expect(python(opener, exported.key, exported.token).trim()).toBe(plaintext.toString("hex"));
    const theirs = Buffer.from(python(sealer, exported.key, plaintext.toString("hex")).trim(), "base64url");
    expect(openFernet(Buffer.from(exported.key, "base64url"), theirs)).toEqual(plaintext);
  }
});
