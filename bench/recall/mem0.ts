/**
 * mem0ai as a peer: `infer: false`, no model, with a hashed bag-of-words embedder in process. It shows the system without a model, not the
 * best it can do with one.
 */
import { join } from "node:path";

import { HASHED_DIMENSIONS, hashedVector, type Peer } from "./peer-packages.ts";

const VERSION = "3.3.1";

/** What is used of mem0ai's open-source memory. */
interface Mem0 {
  add(
    messages: string,
    options: { readonly userId: string; readonly infer: false; readonly metadata: { readonly turn: string } },
  ): Promise<unknown>;
  search(
    query: string,
    options: { readonly filters: { readonly user_id: string }; readonly topK: number; readonly threshold: number },
  ): Promise<Mem0Results>;
  getAll(options: { readonly filters: { readonly user_id: string }; readonly topK: number }): Promise<Mem0Results>;
}

interface Mem0Results {
  readonly results: readonly { readonly metadata?: { readonly turn?: string } }[];
}

const ALL = 100_000;

export const MEM0: Peer = {
  name: `mem0ai ${VERSION}`,
  packages: [`mem0ai@${VERSION}`],
  open: async (from, folder) => {
    process.env["MEM0_TELEMETRY"] = "false";
    // The shape was read off its documentation; a wrong guess ends in the catch of `withPeer`.
    const { Memory } = (await from.load("mem0ai/oss")) as { Memory: new (config: unknown) => Mem0 };
    const memory = new Memory(config(join(folder, "memories.db")));
    const idsOf = ({ results }: Mem0Results): string[] => results.map((result) => result.metadata?.turn ?? "");
    return {
      add: (userId, text, turn) => memory.add(text, { userId, infer: false, metadata: { turn } }),
      search: async (userId, question, topK) =>
        idsOf(await memory.search(question, { filters: { user_id: userId }, topK, threshold: 0 })),
      kept: async (userId) => new Set(idsOf(await memory.getAll({ filters: { user_id: userId }, topK: ALL }))).size,
      close: () => Promise.resolve(),
    };
  },
};

function config(dbPath: string): unknown {
  const embed = (text: string): Promise<number[]> => Promise.resolve(hashedVector(text));
  const model = { embedQuery: embed, embedDocuments: (texts: string[]) => Promise.all(texts.map(embed)) };
  return {
    embedder: { provider: "langchain", config: { model, embeddingDims: HASHED_DIMENSIONS } },
    vectorStore: { provider: "memory", config: { dimension: HASHED_DIMENSIONS, dbPath } },
    llm: { provider: "openai", config: { apiKey: "none" } },
    disableHistory: true,
  };
}
