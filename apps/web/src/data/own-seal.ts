/**
 * The person's own key while it is open in this tab, and what it opened.
 *
 * Guarantees: key and words are in this module's memory alone, never in the store or the browser's storage; both go when it is locked, when
 * the session closes or ends, when the tab goes, and after 15 minutes. Of the first page: holds no cryptography.
 */
import type { OpenKey } from "../core/seal/key-ring.ts";
import type { OpenedBody } from "../core/seal/memory-body.ts";

const OPEN_MS = 15 * 60_000;

interface Held {
  readonly key: OpenKey;
  readonly untilMs: number;
  readonly bodies: Map<string, OpenedBody>;
}

let held: Held | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

/** Keeps a key open for 15 minutes. */
export function openSeal(key: OpenKey): void {
  closeSeal();
  held = { key, untilMs: Date.now() + OPEN_MS, bodies: new Map() };
  timer = setTimeout(closeSeal, OPEN_MS);
  tell();
}

/** Forgets the key and everything that it opened. */
export function closeSeal(): void {
  clearTimeout(timer);
  if (held === undefined) return;
  held.bodies.clear();
  held = undefined;
  tell();
}

/** The open key; undefined when it is locked. A tab that slept through the time finds it locked. */
export function openKeyNow(): OpenKey | undefined {
  if (held !== undefined && Date.now() >= held.untilMs) closeSeal();
  return held?.key;
}

/** What was opened before, by a name that holds the key, the place and the body. */
export function bodyOf(name: string): OpenedBody | undefined {
  return held?.bodies.get(name);
}

/** Keeps what a key opened, as long as that key is open. */
export function keepBody(key: OpenKey, name: string, body: OpenedBody): void {
  if (held?.key !== key) return;
  held.bodies.set(name, body);
  tell();
}

/** Calls back when something was opened or locked; answers with how to stop. */
export function followSeal(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(): void {
  for (const listener of listeners) listener();
}
