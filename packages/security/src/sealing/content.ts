/** Memory content ↔ envelope. JSON inside; what comes out is checked field by field, as if a stranger had written it. */
import { decodeBase64Url } from "@kaelix/base";
import {
  type ClassificationReason,
  type KeptFile,
  type Level,
  type MemoryClient,
  type MemoryContent,
  type MemoryContext,
  type MemoryId,
  parseId,
  parseLevel,
  type TenantId,
  type UserId,
} from "@kaelix/model";

import { KEY_BYTES } from "./cipher.ts";
import {
  openBytes,
  sealBytes,
  type SealingKey,
  type SealRefusal,
  type SealScope,
  type SealSources,
} from "./envelope.ts";

/** The key of one memory at one level, unwrapped. Never logged, never kept longer than the work at hand. */
export interface MemoryKey extends SealingKey {
  readonly tenant: TenantId;
  readonly user: UserId;
  readonly memory: MemoryId;
  readonly level: Level;
}

/** The content, or why there is none; `content`: it opened but is no memory content. */
export type OpenedContent =
  | { readonly type: "opened"; readonly content: MemoryContent }
  | { readonly type: "refused"; readonly why: SealRefusal | "content" };

const reader = new TextDecoder("utf-8", { fatal: true });

/**
 * Seals what a memory says.
 * @param version the memory's version, ≥ 1: an older content does not open as a newer one
 * @returns base64url, as it stands in `sealed` of an event
 */
export function sealContent(key: MemoryKey, version: number, content: MemoryContent, sources: SealSources): string {
  return sealBytes(key, scopeOf(key, version), Buffer.from(JSON.stringify(content)), sources).toString("base64url");
}

/** Opens what a memory says, in the place where it is expected. Never throws for bad bytes. */
export function openContent(key: MemoryKey, version: number, sealed: string | Uint8Array): OpenedContent {
  const bytes = typeof sealed === "string" ? Buffer.from(sealed, "base64url") : sealed;
  const opened = openBytes(key, scopeOf(key, version), bytes);
  if (opened.type === "refused") return opened;
  const content = parseContent(opened.bytes);
  return content === undefined ? { type: "refused", why: "content" } : { type: "opened", content };
}

function scopeOf(key: MemoryKey, version: number): SealScope {
  return {
    tenant: key.tenant,
    user: key.user,
    subject: key.memory,
    level: key.level,
    version,
    purpose: "content",
  };
}

function parseContent(bytes: Uint8Array): MemoryContent | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(reader.decode(bytes));
  } catch {
    return undefined;
  }
  if (!isObject(parsed) || typeof parsed["text"] !== "string") return undefined;
  const reasons = parseReasons(parsed["reasons"]);
  const context = parseContext(parsed["context"]);
  const attachments = parseTexts(parsed["attachments"]);
  if (reasons === undefined || context === "wrong" || attachments === "wrong") return undefined;
  const client = parseClient(parsed["client"]);
  const accepted = parsed["accepted"];
  const files = parseFiles(parsed["files"]);
  if (client === "wrong" || files === "wrong" || (accepted !== undefined && accepted !== true)) return undefined;
  const labels: Record<string, string> = {};
  for (const name of ["clientSealed", "caption", "speaker", "conversationTitle", "externalId", "changeReason"]) {
    const label = parsed[name];
    if (typeof label === "string") labels[name] = label;
    else if (label !== undefined) return undefined;
  }
  return {
    text: parsed["text"],
    ...labels,
    ...(attachments === undefined ? {} : { attachments }),
    ...(files === undefined ? {} : { files }),
    ...(context === undefined ? {} : { context: context.value }),
    ...(client === undefined ? {} : { client }),
    ...(accepted === undefined ? {} : { accepted }),
    reasons,
  };
}

function parseClient(value: unknown): MemoryClient | "wrong" | undefined {
  if (value === undefined) return undefined;
  if (!isObject(value) || typeof value["key"] !== "string" || typeof value["name"] !== "string") return "wrong";
  const key = parseId("key", value["key"]);
  return key === undefined ? "wrong" : { key, name: value["name"] };
}

function parseFiles(value: unknown): readonly KeptFile[] | "wrong" | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) return "wrong";
  const files: KeptFile[] = [];
  for (const item of value) {
    if (!isObject(item)) return "wrong";
    const { bytes, key, name, offsets, type } = item;
    const id = typeof item["id"] === "string" ? parseId("fil", item["id"]) : undefined;
    if (id === undefined || typeof name !== "string" || typeof type !== "string" || !isCount(bytes)) return "wrong";
    const isKey = typeof key === "string" && decodeBase64Url(key)?.length === KEY_BYTES;
    if (!isKey || !Array.isArray(offsets) || !offsets.every(isCount)) return "wrong";
    files.push({ id, name, type, bytes, key, offsets });
  }
  return files;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function parseReasons(value: unknown): readonly ClassificationReason[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const reasons: ClassificationReason[] = [];
  for (const item of value) {
    if (!isObject(item)) return undefined;
    const { rule, text } = item;
    const level = typeof item["level"] === "number" ? parseLevel(item["level"]) : undefined;
    if (typeof rule !== "string" || typeof text !== "string" || level === undefined) return undefined;
    reasons.push({ rule, level, text });
  }
  return reasons;
}

function parseTexts(value: unknown): readonly string[] | "wrong" | undefined {
  if (value === undefined) return undefined;
  return Array.isArray(value) && value.every((item): item is string => typeof item === "string") ? value : "wrong";
}

function parseContext(value: unknown): { readonly value: MemoryContext } | "wrong" | undefined {
  if (value === undefined) return undefined;
  return typeof value === "string" || isObject(value) ? { value } : "wrong";
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
