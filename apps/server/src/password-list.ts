/**
 * Passwords that nobody may choose here, from a file that whoever runs the house names: one a line, as published lists come.
 *
 * Guarantees: a password on the list is refused however it is capitalised; a file that cannot be read, or holds nothing, stops the start
 * instead of being passed over. It does not: bring a list along, or look again at a file that was changed while the house runs.
 */
import { readFile } from "node:fs/promises";

import { normalisePassword } from "@kaelix/security";

import { serverErrors } from "./errors.ts";

/** Reads the list; undefined without a path. @throws `password-list-invalid` */
export async function openPasswordList(
  path: string | undefined,
): Promise<((password: string) => Promise<boolean>) | undefined> {
  if (path === undefined) return undefined;
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw serverErrors("password-list-invalid", { details: { path }, cause });
  });
  const known = new Set(text.split(/\r?\n/).map(folded));
  known.delete("");
  if (known.size === 0) throw serverErrors("password-list-invalid", { details: { path } });
  return async (password) => known.has(folded(password));
}

function folded(password: string): string {
  return normalisePassword(password).toLowerCase();
}
