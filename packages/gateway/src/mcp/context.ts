/**
 * Memories packed into a budget of tokens. Guarantees: the estimate of what is taken never goes over the budget; nothing twice; what is
 * relevant comes first, but leaves the newest memories three tenths of the room. Pure.
 */
import type { PlacedMemory } from "../application.ts";
import { type AgentMemory, agentMemory } from "./shapes.ts";

/** What a context is packed from, best and newest first. */
interface Candidates {
  readonly relevant: readonly PlacedMemory[];
  readonly recent: readonly PlacedMemory[];
  readonly tokensMax: number;
}

interface PackedContext {
  readonly memories: (AgentMemory & { readonly because: "relevant" | "recent" })[];
  readonly tokens: number;
  readonly complete: boolean;
}

/** Bytes of UTF-8 JSON that make a token, on the safe side: English has four, other scripts three. */
const BYTES_PER_TOKEN = 3;
const RELEVANT_SHARE = 0.7;

/** Packs candidates into a budget. */
export function packContext({ relevant, recent, tokensMax }: Candidates): PackedContext {
  const memories: PackedContext["memories"] = [];
  const seen = new Set<string>();
  let tokens = 0;
  const take = (items: readonly PlacedMemory[], because: "relevant" | "recent", upTo: number): void => {
    for (const placed of items) {
      const { memoryId } = placed.memory;
      if (seen.has(memoryId)) continue;
      const item = { ...agentMemory(placed), because };
      const cost = tokensOf(item);
      // A long one is passed over; shorter ones behind it may still fit.
      if (tokens + cost > upTo) continue;
      seen.add(memoryId);
      memories.push(item);
      tokens += cost;
    }
  };
  take(relevant, "relevant", recent.length === 0 ? tokensMax : Math.floor(tokensMax * RELEVANT_SHARE));
  take(recent, "recent", tokensMax);
  take(relevant, "relevant", tokensMax);
  const all = new Set([...relevant, ...recent].map(({ memory }) => memory.memoryId));
  return { memories, tokens, complete: seen.size === all.size };
}

function tokensOf(item: object): number {
  return Math.ceil(Buffer.byteLength(JSON.stringify(item)) / BYTES_PER_TOKEN);
}
