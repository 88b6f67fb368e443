/**
 * JSON bodies from bytes. Guarantees: what is returned was valid UTF-8 and valid JSON, is nested 64 levels at most, and has no key
 * `__proto__`; a refusal never quotes the body. Does not know any schema.
 */
import { isUtf8 } from "node:buffer";

import { gatewayErrors } from "../errors.ts";

/** Deepest nesting that is read; deeper values would overflow whoever walks them later. */
export const JSON_DEPTH_MAX = 64;

const SPACE_PATTERN = /^[\t\n\r ]*$/;

/**
 * Parses a body; `undefined` when it is empty.
 * @throws KaelixError `body-not-utf8`, `json-malformed`, `json-too-deep`, `json-key-refused`
 */
export function parseJsonBody(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw gatewayErrors("body-not-utf8");
  const text = bytes.toString("utf8");
  if (text.length < 8 && SPACE_PATTERN.test(text)) return undefined;
  const value = parseText(text);
  checkValue(value, 1);
  return value;
}

function parseText(text: string): unknown {
  try {
    // A byte order mark is not JSON, but harmless: RFC 8259 §8.1 lets readers ignore it.
    return JSON.parse(text.startsWith("\uFEFF") ? text.slice(1) : text);
  } catch (error) {
    // The engine's message quotes the body; only the place is taken from it.
    const place = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined;
    const where = place === undefined ? "" : ` at character ${place}`;
    throw gatewayErrors("json-malformed", { message: `Cannot read the body: it is not valid JSON${where}` });
  }
}

function checkValue(value: unknown, depth: number): void {
  if (typeof value !== "object" || value === null) return;
  if (depth > JSON_DEPTH_MAX) throw gatewayErrors("json-too-deep");
  if (Array.isArray(value)) {
    for (const item of value) checkValue(item, depth + 1);
    return;
  }
  for (const [key, part] of Object.entries(value)) {
    if (key === "__proto__") throw gatewayErrors("json-key-refused");
    checkValue(part, depth + 1);
  }
}
