import { openAge, type AgeSource } from "../age/age.ts";

/** Bytes in memory as a file that can be read at any place. */
export function sourceOf(bytes: Uint8Array): AgeSource {
  return { bytes: bytes.length, read: async (at, length) => bytes.subarray(at, at + length) };
}

/** All that is in a sealed file. Errors as of `openAge`. */
export async function openedAge(sealed: Uint8Array, passphrase: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of (await openAge(sourceOf(sealed), passphrase)).read()) parts.push(part);
  return Buffer.concat(parts);
}
