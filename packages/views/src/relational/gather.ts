/**
 * Look-ups by a key, asked together: what is asked for while one question is on its way goes as one question after it. Few at a time
 * cost what they did; a thousand people at once cost some questions instead of a thousand.
 *
 * Guarantees: an answer is of a question that began after it was asked for; a question that fails fails for those who waited for it alone.
 */
export function gatherLookups<Key, Row>(
  lookUp: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Row>>,
): (key: Key) => Promise<Row | undefined> {
  let running: Promise<unknown> = Promise.resolve();
  let next: { readonly keys: Set<Key>; readonly answer: Promise<ReadonlyMap<Key, Row>> } | undefined;
  return async (key) => {
    if (next === undefined) {
      const keys = new Set<Key>();
      const answer = running.then(async () => {
        next = undefined;
        return lookUp([...keys]);
      });
      running = answer.catch(() => undefined);
      next = { keys, answer };
    }
    next.keys.add(key);
    return (await next.answer).get(key);
  };
}
