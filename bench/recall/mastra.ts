/**
 * Mastra's memory as a peer: messages of a thread in LibSQL files, found again by vectors alone (`semanticRecall`), with the hashed embedder
 * that mem0ai gets. It gives what it finds in the order of time. It shows the system without a model, not the best it can do with one.
 */
import { join } from "node:path";

import { hashedVector, type Peer } from "./peer-packages.ts";

const VERSION = "1.31.0";

/** What is used of Mastra's memory. */
interface Mastra {
  createThread(thread: { readonly threadId: string; readonly resourceId: string }): Promise<unknown>;
  saveMessages(saved: { readonly messages: readonly unknown[] }): Promise<unknown>;
  recall(asked: Readonly<Record<string, unknown>>): Promise<{ readonly messages: readonly { readonly id: string }[] }>;
}

type Making<Made> = new (options: unknown) => Made;

const EMBEDDER = {
  specificationVersion: "v2",
  provider: "local",
  modelId: "hashed",
  maxEmbeddingsPerCall: 256,
  supportsParallelCalls: true,
  doEmbed: ({ values }: { readonly values: readonly string[] }) =>
    Promise.resolve({ embeddings: values.map(hashedVector) }),
};

export const MASTRA: Peer = {
  name: `Mastra memory ${VERSION}`,
  packages: [`@mastra/memory@${VERSION}`, "@mastra/core@1.71.0", "@mastra/libsql@1.23.1"],
  isUnordered: true,
  open: async (from, folder) => {
    // The shapes were read off their declarations; a wrong guess ends in the catch of `withPeer`.
    const { Memory } = (await from.load("@mastra/memory")) as { Memory: Making<Mastra> };
    const { LibSQLStore, LibSQLVector } = (await from.load("@mastra/libsql")) as Record<
      "LibSQLStore" | "LibSQLVector",
      Making<unknown>
    >;
    const memory = new Memory({
      storage: new LibSQLStore({ id: "store", url: `file:${join(folder, "store.db")}` }),
      vector: new LibSQLVector({ id: "vectors", url: `file:${join(folder, "vectors.db")}` }),
      embedder: EMBEDDER,
      options: { lastMessages: false, semanticRecall: recallOf(10) },
    });
    const known = new Set<string>();
    let told = 0;
    return {
      add: async (person, text, id) => {
        const whose = { threadId: person, resourceId: person };
        if (!known.has(person)) await memory.createThread(whose);
        known.add(person);
        const content = { format: 2, parts: [{ type: "text", text }] };
        const createdAt = new Date(1_700_000_000_000 + 1_000 * told++);
        await memory.saveMessages({ messages: [{ id, role: "user", createdAt, ...whose, content }] });
      },
      search: async (person, vectorSearchString, limit) => {
        const threadConfig = { lastMessages: false, semanticRecall: recallOf(limit) };
        const asked = { threadId: person, resourceId: person, vectorSearchString, threadConfig };
        return (await memory.recall(asked)).messages.map(({ id }) => id);
      },
      kept: async (person) => {
        const threadConfig = { semanticRecall: false };
        const all = await memory.recall({ threadId: person, resourceId: person, perPage: false, threadConfig });
        return all.messages.length;
      },
      close: () => Promise.resolve(),
    };
  },
};

function recallOf(topK: number): unknown {
  return { topK, messageRange: 0, scope: "thread" };
}
