/** A key that no other request has. React Native's own runtime has no `crypto`; a key of this kind is no secret. */
export function uniqueKey(): string {
  const { crypto } = globalThis as { readonly crypto?: { randomUUID?(): string } };
  if (crypto?.randomUUID !== undefined) return crypto.randomUUID();
  const part = (): string => Math.random().toString(36).slice(2);
  return `${Date.now().toString(36)}-${part()}${part()}`;
}
