/**
 * The swap matrix of the sealed record: everything that was sealed in one place, tried in every other; every part of one envelope in the
 * place of the same part of another; every byte of the header as every other byte.
 */
import { createHmac, createSecretKey } from "node:crypto";

import { systemRandom } from "@kaelix/base";
import { type Level, LEVELS } from "@kaelix/model";
import { openBytes, sealBytes, type SealingKey, type SealPurpose, type SealScope } from "@kaelix/security";

/** What the matrix came to. */
export interface Matrix {
  readonly places: number;
  readonly attempts: number;
  readonly opened: readonly string[];
}

const PURPOSES: readonly SealPurpose[] = ["content", "profile", "import", "snapshot", "factor", "audit"];
const NOW_MS = 1_750_000_000_000;
/** magic, format, suite, level, purpose, key version, version, nonce, commitment, body. */
const PARTS: readonly (readonly [string, number, number | undefined])[] = [
  ["magic", 0, 2],
  ["format", 2, 3],
  ["suite", 3, 4],
  ["level", 4, 5],
  ["purpose", 5, 6],
  ["key version", 6, 10],
  ["version", 10, 14],
  ["nonce", 14, 26],
  ["commitment", 26, 58],
  ["body", 58, undefined],
];

interface Sealed {
  readonly scope: SealScope;
  readonly keyVersion: number;
  readonly bytes: Buffer;
}

/** Keys as the hierarchy gives them: each memory at each level has its own; `isOneKey` is the harder case, one for all. */
function keyFor(scope: SealScope, keyVersion: number, isOneKey: boolean): SealingKey {
  const name = isOneKey ? "one" : `${scope.tenant}/${scope.user}/${scope.subject}/${scope.level}`;
  return { key: createSecretKey(createHmac("sha256", "swaps").update(name).digest()), keyVersion };
}

/** Runs the matrix. `share` 1 is all of it; 0.1 a tenth of the pairs. */
export function swapEnvelopes(share: number): Matrix {
  const opened: string[] = [];
  let attempts = 0;
  const tryOpen = (name: string, key: SealingKey, scope: SealScope, bytes: Buffer): void => {
    attempts++;
    if (openBytes(key, scope, bytes).type === "opened") opened.push(name);
  };
  const all = sealEverywhere(true);
  const every = Math.round(1 / share);
  for (const [at, sealed] of all.entries()) {
    for (const [to, place] of all.entries()) {
      if (at === to || (at + to) % every !== 0) continue;
      const name = `${nameOf(sealed)} in the place of ${nameOf(place)}`;
      tryOpen(name, keyFor(place.scope, place.keyVersion, true), place.scope, sealed.bytes);
      // The header rewritten to fit the place: what is left is what was authenticated.
      const rewritten = Buffer.concat([place.bytes.subarray(0, 14), sealed.bytes.subarray(14)]);
      tryOpen(`${name}, header rewritten`, keyFor(place.scope, place.keyVersion, true), place.scope, rewritten);
    }
  }
  for (const sealed of all.slice(0, Math.ceil(all.length * share))) swapParts(sealed, all, tryOpen);
  for (const level of LEVELS) turnEveryByte(level, tryOpen);
  return { places: all.length, attempts, opened };
}

function sealEverywhere(isOneKey: boolean): Sealed[] {
  const sealed: Sealed[] = [];
  for (const tenant of ["default", "other"])
    for (const user of ["usr_a", "usr_b"])
      for (const subject of ["mem_a", "mem_b"])
        for (const level of LEVELS)
          for (const purpose of PURPOSES)
            for (const [version, keyVersion] of [
              [1, 1],
              [2, 1],
              [1, 2],
            ] as const) {
              const scope: SealScope = { tenant, user, subject, level, version, purpose };
              const text = Buffer.from(`${user} ${subject} told this at level ${level}`);
              const bytes = sealBytes(keyFor(scope, keyVersion, isOneKey), scope, text, {
                nowMs: NOW_MS,
                random: systemRandom,
              });
              sealed.push({ scope, keyVersion, bytes });
            }
  return sealed;
}

/** Each part of an envelope from each of some others, and from another sealing of the same words in the same place. */
function swapParts(
  sealed: Sealed,
  all: readonly Sealed[],
  tryOpen: (name: string, key: SealingKey, scope: SealScope, bytes: Buffer) => void,
): void {
  const key = keyFor(sealed.scope, sealed.keyVersion, true);
  const words = Buffer.from(`${sealed.scope.user} ${sealed.scope.subject} told this at level ${sealed.scope.level}`);
  const again = sealBytes(key, sealed.scope, words, { nowMs: NOW_MS, random: systemRandom });
  const others = [again, ...all.filter((_one, at) => at % 29 === 0).map(({ bytes }) => bytes)];
  for (const other of others) {
    for (let mask = 1; mask < 2 ** PARTS.length - 1; mask++) {
      // All combinations of parts would be 1,022 for each: single parts, and each with the one behind it.
      if (!isFew(mask)) continue;
      const mixed = Buffer.concat(
        PARTS.map(([, from, to], part) => ((mask >> part) & 1 ? other : sealed.bytes).subarray(from, to)),
      );
      // The other whole, which is good in its own place.
      if (mixed.equals(sealed.bytes) || mixed.equals(other)) continue;
      tryOpen(`parts ${mask.toString(2)} of another in ${nameOf(sealed)}`, key, sealed.scope, mixed);
    }
  }
}

function isFew(mask: number): boolean {
  const ones = mask.toString(2).replaceAll("0", "").length;
  return ones === 1 || (ones === 2 && (mask & (mask >> 1)) !== 0) || ones === PARTS.length - 1;
}

/** Every byte of header and commitment as every other byte. */
function turnEveryByte(
  level: Level,
  tryOpen: (name: string, key: SealingKey, scope: SealScope, bytes: Buffer) => void,
): void {
  const scope: SealScope = {
    tenant: "default",
    user: "usr_a",
    subject: "mem_a",
    level,
    version: 1,
    purpose: "content",
  };
  const key = keyFor(scope, 1, false);
  const sealed = sealBytes(key, scope, Buffer.from("told"), { nowMs: NOW_MS, random: systemRandom });
  for (let at = 0; at < sealed.length; at++) {
    for (let value = 0; value < 256; value++) {
      if (sealed[at] === value) continue;
      const turned = Buffer.from(sealed);
      turned[at] = value;
      tryOpen(`byte ${at} as ${value} at level ${level}`, key, scope, turned);
    }
  }
}

function nameOf({ keyVersion, scope }: Sealed): string {
  return `${scope.tenant}/${scope.user}/${scope.subject} level ${scope.level} version ${scope.version} key ${keyVersion} ${scope.purpose}`;
}
