/** Thrown when the program itself is wrong. Never caught to continue; the process that meets one should stop. */
export class AssertionFailure extends Error {
  override readonly name = "AssertionFailure";
}

/** Asserts an invariant of our own code. Bad input is never asserted; it is parsed. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message);
}
