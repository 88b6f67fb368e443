import { createSecretKey } from "node:crypto";

import { seededRandom, systemRandom } from "@kaelix/base";
import { type Level, LEVELS } from "@kaelix/model";
import fc from "fast-check";
import { expect, test } from "vitest";

import {
  ENVELOPE_OVERHEAD_BYTES,
  openBytes,
  sealBytes,
  type SealingKey,
  type SealPurpose,
  type SealScope,
} from "./envelope.ts";

const sources = { nowMs: 1_750_000_000_000, random: systemRandom };
const key: SealingKey = { key: createSecretKey(Buffer.alloc(32, 7)), keyVersion: 1 };
const plaintext = Buffer.from("The spare key lies under the blue pot");

function scopeAt(level: Level): SealScope {
  return { tenant: "default", user: "usr_a", subject: "mem_a", level, version: 1, purpose: "content" };
}

test.each(LEVELS)("openBytes returns what sealBytes sealed at level %i", (level) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.string({ maxLength: 20 }), (bytes, name) => {
      const scope = { ...scopeAt(level), user: name, subject: name };
      const opened = openBytes(key, scope, sealBytes(key, scope, bytes, sources));
      expect(opened.type === "opened" && Buffer.compare(opened.bytes, bytes)).toBe(0);
    }),
    { numRuns: 15 },
  );
});

test("openBytes refuses every envelope outside the scope it was sealed for", () => {
  const others: Partial<SealScope>[] = [
    { tenant: "other" },
    { user: "usr_b" },
    { subject: "mem_b" },
    { version: 2 },
    { version: 0 },
    { purpose: "profile" },
    { purpose: "import" },
    { purpose: "snapshot" },
    // The same letters at other borders: a plain concatenation would not tell them apart.
    { user: "usr_amem", subject: "_a" },
    { tenant: "defaultusr_a", user: "" },
    ...LEVELS.map((level) => ({ level })),
  ];
  let refused = 0;
  for (const level of LEVELS) {
    const scope = scopeAt(level);
    const sealed = sealBytes(key, scope, plaintext, sources);
    for (const other of others) {
      if (other.level === level) continue;
      expect(openBytes(key, { ...scope, ...other }, sealed).type).toBe("refused");
      refused++;
    }
    const otherKey = { ...key, key: createSecretKey(Buffer.alloc(32, 8)) };
    expect(openBytes(otherKey, scope, sealed)).toEqual({ type: "refused", why: "place" });
    expect(openBytes({ ...key, keyVersion: 2 }, scope, sealed)).toEqual({ type: "refused", why: "header" });
    expect(openBytes(key, scope, sealed).type).toBe("opened");
  }
  expect(refused).toBe(4 * (others.length - 1));
});

test("openBytes refuses an envelope whose header was rewritten to fit another scope", () => {
  const purposes: SealPurpose[] = ["content", "profile", "import", "snapshot"];
  for (const level of LEVELS) {
    const scope = scopeAt(level);
    const sealed = sealBytes(key, scope, plaintext, sources);
    for (const [index, purpose] of purposes.entries()) {
      for (const target of LEVELS) {
        if (purpose === scope.purpose && target === level) continue;
        const forged = Buffer.from(sealed);
        forged[3] = [1, 1, 2, 3][target - 1] ?? 0;
        forged[4] = target;
        forged[5] = index + 1;
        expect(openBytes(key, { ...scope, level: target, purpose }, forged).type).toBe("refused");
      }
    }
    const newer = Buffer.from(sealed);
    newer.writeUInt32BE(2, 10);
    expect(openBytes(key, { ...scope, version: 2 }, newer)).toEqual({ type: "refused", why: "place" });
  }
});

test("openBytes refuses every single flipped bit", () => {
  for (const level of LEVELS) {
    const sealed = sealBytes(key, scopeAt(level), plaintext, sources);
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const opened = openBytes(key, scopeAt(level), flipped);
      expect(opened.type, `level ${level}, bit ${bit}`).toBe("refused");
    }
  }
});

test("openBytes refuses every truncation, tags of 4 to 15 bytes included, and anything appended", () => {
  for (const level of LEVELS) {
    const sealed = sealBytes(key, scopeAt(level), plaintext, sources);
    for (let length = 0; length < sealed.length; length++) {
      expect(openBytes(key, scopeAt(level), sealed.subarray(0, length)).type).toBe("refused");
    }
    expect(openBytes(key, scopeAt(level), Buffer.concat([sealed, Buffer.of(0)])).type).toBe("refused");
  }
});

test("openBytes refuses unknown formats and suites and never returns bytes that were not sealed", () => {
  const scope = scopeAt(3);
  const sealed = sealBytes(key, scope, plaintext, sources);
  for (let code = 0; code < 256; code++) {
    for (const at of [2, 3]) {
      if (sealed[at] === code) continue;
      const other = Buffer.from(sealed);
      other[at] = code;
      expect(openBytes(key, scope, other)).toEqual({ type: "refused", why: at === 2 ? "format" : "suite" });
    }
  }
  const seed = 20_261;
  const random = seededRandom(seed);
  for (let run = 0; run < 500; run++) {
    const noise = random.bytes(random.integer(200));
    expect(openBytes(key, scope, noise).type, `seed ${seed}`).toBe("refused");
  }
  expect(openBytes(key, scope, plaintext)).toEqual({ type: "refused", why: "short" });
});

test("sealBytes never repeats a ciphertext and adds 74 bytes at levels 3 and 4", () => {
  for (const level of LEVELS) {
    const seen = new Set(
      Array.from({ length: 50 }, () => sealBytes(key, scopeAt(level), plaintext, sources).toString("hex")),
    );
    expect(seen.size).toBe(50);
  }
  expect(sealBytes(key, scopeAt(3), plaintext, sources)).toHaveLength(plaintext.length + ENVELOPE_OVERHEAD_BYTES);
  expect(ENVELOPE_OVERHEAD_BYTES).toBe(74);
});
