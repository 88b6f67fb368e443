import { isKaelixError, seededRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import { OWNER, openTestIdentity, type TestIdentity } from "../testing/identity.ts";

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "ok";
  } catch (error) {
    return isKaelixError(error) ? error.code : String(error);
  }
}

async function revocations({ log }: TestIdentity): Promise<number> {
  const events = log.records("identity", 0).map((record) => Buffer.from(record.value ?? []).toString());
  return events.filter((text) => text.includes('"session.revoked"') && text.includes('"reuse"')).length;
}

test("refresh leaves at most one living successor and detects every reuse in ten thousand races", async () => {
  const house = await openTestIdentity();
  await house.identity.signUp(OWNER);
  const seed = 77_001;
  const random = seededRandom(seed);
  let races = 0;
  let expected = 0;
  while (races < 10_000) {
    const tokens = [(await house.identity.logIn(OWNER)).refreshToken];
    for (let step = 0; step < 12; step++) {
      // Several clients bring any of the tokens this family ever had, at once.
      const brought = Array.from({ length: 2 + random.integer(4) }, () => {
        const back = random.integer(10) === 0 ? random.integer(tokens.length) : 0;
        return tokens[tokens.length - 1 - back] ?? "";
      });
      races += brought.length;
      if (random.integer(4) === 0) house.clock.advance(random.integer(12_000));
      const answers = await Promise.allSettled(brought.map(async (token) => house.identity.refresh(token)));
      const successors = new Set(
        answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value.refreshToken] : [])),
      );
      const reused = answers.filter(
        (answer) => answer.status === "rejected" && isKaelixError(answer.reason, "identity-refresh-reused"),
      );
      expect(reused.length, `seed ${seed}`).toBeLessThanOrEqual(1);
      // A token older than the one just replaced has no grace: it must be found out.
      if (brought.some((token) => tokens.indexOf(token) < tokens.length - 2))
        expect(reused, `seed ${seed}`).toHaveLength(1);
      if (reused.length > 0) {
        expected++;
        for (const token of [...tokens, ...successors]) {
          expect(await codeOf(house.identity.refresh(token)), `seed ${seed}`).toBe("identity-refresh-invalid");
        }
        break;
      }
      // Everybody brought the current token, or the last one inside its grace: one chain.
      const fresh = [...successors].filter((token) => !tokens.includes(token));
      expect(fresh.length, `seed ${seed}`).toBeLessThanOrEqual(1);
      tokens.push(...fresh);
    }
  }
  expect(await revocations(house)).toBe(expected);
  expect(expected).toBeGreaterThan(100);
  await house.keystore.close();
});
