/** What a memory says ↔ what is sent of it: all that a stranger could learn from is inside. What comes out is checked field by field. */
import { fromBase64Url, toBase64Url, utf8 } from "./bytes.ts";
import { openFor, sealFor, SEALED_BYTES_MAX } from "./envelope.ts";
import type { OpenKey } from "./key-ring.ts";

/** What is inside. Names are those of the wire. */
export interface MemoryBody {
  readonly text: string;
  readonly caption?: string;
  readonly speaker?: string;
  readonly conversation_title?: string;
  readonly external_id?: string;
  readonly attachments?: readonly string[];
  readonly context?: string | Readonly<Record<string, unknown>>;
}

/** Where a body stands. */
export interface MemoryPlace {
  readonly id: string;
  readonly version: number;
}

/** Why a body was not opened. `place`: it was sealed for another memory or version, by another key, or is damaged. */
export type BodyRefusal = "place" | "body";

/** The body, or why there is none. */
export type OpenedBody =
  | { readonly type: "opened"; readonly body: MemoryBody }
  | { readonly type: "refused"; readonly why: BodyRefusal };

const LABELS = ["caption", "speaker", "conversation_title", "external_id"] as const;

/** True when a body fits. */
export function fits(body: MemoryBody): boolean {
  return utf8(JSON.stringify(body)).length <= SEALED_BYTES_MAX;
}

/** Seals what a memory says, for the version it will have. @throws RangeError when it does not fit */
export async function sealBody(key: OpenKey, place: MemoryPlace, body: MemoryBody): Promise<string> {
  return toBase64Url(await sealFor(key.root, placeOf(key, place), utf8(JSON.stringify(body))));
}

/** Opens what a memory says, at the id and version it was asked for by. Never throws for bad bytes. */
export async function openBody(key: OpenKey, place: MemoryPlace, sealed: string): Promise<OpenedBody> {
  const envelope = fromBase64Url(sealed);
  const bytes = envelope === undefined ? undefined : await openFor(key.root, placeOf(key, place), envelope);
  if (bytes === undefined) return { type: "refused", why: "place" };
  const body = parseBody(bytes);
  return body === undefined ? { type: "refused", why: "body" } : { type: "opened", body };
}

function placeOf({ keyId, tenant, user }: OpenKey, { id, version }: MemoryPlace): Parameters<typeof sealFor>[1] {
  return { tenant, user, keyId, subject: `${id}/4`, version, purpose: "memory" };
}

function parseBody(bytes: Uint8Array): MemoryBody | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(parsed));
  const text = fields.get("text");
  if (typeof text !== "string") return undefined;
  const labels: Partial<Record<(typeof LABELS)[number], string>> = {};
  for (const name of LABELS) {
    const label = fields.get(name);
    if (typeof label === "string") labels[name] = label;
    else if (label !== undefined) return undefined;
  }
  const attachments = fields.get("attachments");
  if (attachments !== undefined && !isTexts(attachments)) return undefined;
  const context = fields.get("context");
  if (context !== undefined && typeof context !== "string" && !isRecord(context)) return undefined;
  return {
    text,
    ...labels,
    ...(attachments === undefined ? {} : { attachments }),
    ...(context === undefined ? {} : { context }),
  };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
