import type { Door } from "../proofs/door.ts";
import { fieldOf, type Person } from "../proofs/product.ts";
import { refreshTokenOf } from "./try.ts";

const AT_ONCE = 4;
const STEPS = 25;

/** What the races came to. */
export interface Raced {
  readonly count: number;
  readonly ended: number;
  readonly faults: readonly string[];
}

/**
 * Brings refresh tokens over HTTP, four at once. Within ten seconds all who bring the same token get the same successor: one chain. At the
 * end of each chain the token before the last but one is brought again: it must be refused, and nothing of the family open any more.
 */
export async function raceRefreshes(door: Door, person: Person, refreshes: number): Promise<Raced> {
  const faults: string[] = [];
  let count = 0;
  let ended = 0;
  const bring = (token: string): Promise<{ readonly status: number; readonly text: string }> => {
    count++;
    return door.askJson(undefined, "POST", "/api/v1/auth/refresh", { refresh_token: token });
  };
  for (let family = 0; family * AT_ONCE * STEPS < refreshes; family++) {
    const chain = [await refreshTokenOf(door, person)];
    let access = "";
    for (let step = 0; step < STEPS; step++) {
      const current = chain.at(-1) ?? "";
      const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => bring(current)));
      const good = answers.filter(({ status }) => status === 200);
      const successors = new Set(good.map((heard) => String(JSON.parse(heard.text).refresh_token)));
      if (good.length === 0) faults.push(`Nobody won: ${answers.map(({ status }) => status).join()}`);
      if (successors.size > 1) faults.push(`A race had ${successors.size} winners`);
      const [successor] = successors;
      if (successor === undefined) break;
      access = String(JSON.parse(good[0]?.text ?? "{}").access_token);
      chain.push(successor);
    }
    const used = chain.at(-3) ?? "";
    const [last = ""] = chain.slice(-1);
    // The used token and the good one at once: whoever comes first, afterwards nothing of the family opens.
    const [reused] = await Promise.all([bring(used), bring(last)]);
    if (reused.status !== 401) faults.push(`A used token opened: ${reused.status}`);
    for (const token of chain.slice(-3))
      if ((await bring(token)).status !== 401) faults.push("A token of an ended family opened");
    const heard = await door.askJson(access, "GET", "/api/v1/me");
    if (heard.status !== 401) faults.push(`An access token of an ended family opened: ${heard.status}`);
    else ended++;
  }
  fieldOf(
    await door.askJson(undefined, "POST", "/api/v1/auth/login", { phone: person.phone, password: person.password }),
    "access_token",
  );
  return { count, ended, faults };
}
