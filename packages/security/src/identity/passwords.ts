/**
 * Password hashes: argon2id, 19 MiB, two passes, one lane (OWASP ASVS 5.0 appendix C).
 *
 * Guarantees: at most two hashes at work (each takes its memory), at most `waitingMax` waiting; beyond that `identity-busy`, so a
 * flood of sign-ins cannot take the machine's memory. A missing hash costs as much as a wrong password.
 */
import { hash, verify } from "@node-rs/argon2";

import { securityErrors } from "../errors.ts";
import { normalisePassword } from "./parse.ts";

/** How passwords are hashed and compared. */
export interface Passwords {
  /** A PHC string. Throws `identity-busy`. */
  hash(password: string): Promise<string>;
  /** True when the password fits. An undefined hash does the same work and is false. Throws `identity-busy`. */
  verify(hash: string | undefined, password: string): Promise<boolean>;
}

/** Cost of one hash and bounds of the whole. */
export interface PasswordOptions {
  /** KiB; default 19,456. */
  readonly memoryKib?: number;
  /** Default 2. */
  readonly passes?: number;
  /** Hashes at work at once; default 2. */
  readonly atWorkMax?: number;
  /** Callers that may wait; default 200. */
  readonly waitingMax?: number;
}

const MEMORY_KIB = 19_456;
const PASSES = 2;
const AT_WORK_MAX = 2;
const WAITING_MAX = 200;

/** Makes the hasher; hashes one throw-away password so that unknown people cost as much as known ones. */
export async function makePasswords(options: PasswordOptions = {}): Promise<Passwords> {
  const cost = { memoryCost: options.memoryKib ?? MEMORY_KIB, timeCost: options.passes ?? PASSES, parallelism: 1 };
  const limited = makeLimit(options.atWorkMax ?? AT_WORK_MAX, options.waitingMax ?? WAITING_MAX);
  const nobody = await hash("nobody has this password", cost);
  return {
    hash: async (password) => limited(async () => hash(normalisePassword(password), cost)),
    verify: async (known, password) =>
      limited(async () => {
        const fits = await verify(known ?? nobody, normalisePassword(password));
        return fits && known !== undefined;
      }),
  };
}

/** At most so many at work, so many waiting; beyond that `identity-busy`. */
export function makeLimit(
  atWorkMax: number,
  waitingMax: number,
): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let atWork = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (atWork >= atWorkMax) {
      if (waiting.length >= waitingMax) throw securityErrors("identity-busy");
      // Whoever ends hands the place over, so nobody can slip in between.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else atWork++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) atWork--;
      else next();
    }
  };
}
