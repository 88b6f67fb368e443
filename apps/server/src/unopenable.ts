/** Sealed contents that do not open although their key is there: bytes that were put in another's place, or are damaged. */
import { type Keystore, openContent } from "@kaelix/security";
import type { MemoryStore, PeopleStore } from "@kaelix/views";

/** What is read to find them. */
export interface UnopenableParts {
  readonly keystore: Keystore;
  readonly store: Pick<MemoryStore, "rowsOf">;
  readonly people: Pick<PeopleStore, "userIds">;
}

/**
 * Opens every living memory and counts those that are not what was sealed in their place. A memory without a key is not one of them: its
 * key never became durable, so it was never acknowledged, or was shredded.
 */
export async function countUnopenable({ keystore, people, store }: UnopenableParts): Promise<number> {
  let count = 0;
  for await (const user of people.userIds()) {
    for await (const rows of store.rowsOf(user, -1)) {
      const living = rows.filter((row) => row.state === "live");
      const answers = await keystore.memoryKeys(living.map((row) => ({ memory: row.memoryId, level: row.level })));
      for (const [index, row] of living.entries()) {
        const answer = answers[index];
        const isRefused = answer?.type === "key" && openContent(answer.key, row.version, row.sealed).type === "refused";
        if (isRefused || answer?.type === "damaged") count++;
      }
    }
  }
  return count;
}
