/**
 * The house's provider of vectors: who it is, what may be sent to it, and how long a search waits for it.
 *
 * Guarantees: nothing above the configured level leaves the house, and that is 2 at most, whatever the settings say; a query is judged
 * by the same rules as a memory before it is sent; nothing is sent of who wants nothing of theirs sent; a search waits for its query's
 * meaning no longer than it was told to.
 */
import { join } from "node:path";

import { isKaelixError } from "@kaelix/base";
import type { EmbeddingStatus } from "@kaelix/gateway";
import { classifyByRules, Embedder, embedErrors, openaiProvider } from "@kaelix/intelligence";
import { type Level, LEVEL_INDEXED_MAX, type UserId } from "@kaelix/model";
import type { QueryMeaning } from "@kaelix/recall";
import type { DocumentEmbedder } from "@kaelix/views";

import type { HouseContext } from "../house-parts.ts";
import type { ProviderChoices } from "../provider/own-choices.ts";
import { readKey } from "../provider/read-key.ts";
import { readSpent, SpentFile } from "./spent-file.ts";

/** Queries whose meaning is being asked for at the same time; who comes then is answered by words. */
const QUERIES_MAX = 8;

/** What the house embeds with. */
export interface HouseEmbedder {
  readonly embedder: Pick<Embedder, "state" | "model">;
  /** For the search view, in the background. */
  readonly forDocuments: DocumentEmbedder;
  /** Undefined: whoever asks wants nothing of theirs sent. */
  embedQuery(text: string, asker: UserId): Promise<QueryMeaning | undefined>;
}

/** Opens the provider of the settings; undefined when there is none. @throws `embed-setting-invalid` */
export function openEmbedder({
  choices,
  clock,
  onNotice,
  paths,
  random,
  settings,
}: HouseContext): HouseEmbedder | undefined {
  const { embedModel: model, embedUrl: url } = settings;
  if (url === undefined) return undefined;
  if (model === undefined) throw invalid("KAELIX_EMBED_URL is set, KAELIX_EMBED_MODEL must be too");
  const provider = openaiProvider({
    url,
    model,
    key: readKey({ key: settings.embedKey, file: settings.embedKeyFile, variable: "KAELIX_EMBED_KEY", invalid }),
  });
  const spent = new SpentFile(join(paths.root, "run", "embedding-spent.json"));
  const embedder = new Embedder({
    provider,
    clock,
    random,
    concurrency: settings.embedConcurrency,
    requestsPerMinute: settings.embedRequestsPerMinute,
    timeoutMs: settings.embedTimeoutMs,
    tokensPerDay: settings.embedTokensPerDay,
    spent: readSpent(spent.path),
    onSpent: (now) => spent.write(now),
  });
  const levelMax = levelOf(settings.embedLevelMax);
  onNotice(`Texts of ${levelMax === 1 ? "level 1" : "levels 1 and 2"} are sent to ${provider.host} for their meaning`);
  return houseEmbedder(embedder, { choices, levelMax, queryMs: settings.embedQueryMs });
}

/** Wraps an embedder in what the house may send and how long it waits. */
export function houseEmbedder(
  embedder: Pick<Embedder, "embed" | "model" | "state">,
  {
    choices,
    levelMax,
    queryMs,
  }: {
    readonly choices: Pick<ProviderChoices, "allow" | "within">;
    readonly levelMax: Level;
    readonly queryMs: number;
  },
): HouseEmbedder {
  let asking = 0;
  return {
    embedder,
    forDocuments: {
      model: embedder.model,
      levelMax,
      takes: (owner) => choices.allow(owner),
      embed: async (texts, { owner, signal }) => embedder.embed(texts, { signal: choices.within([owner], signal) }),
    },
    async embedQuery(text, asker) {
      if (!choices.allow(asker)) return undefined;
      if (classifyByRules(text).level > levelMax) return { type: "missed", why: "withheld" };
      if (asking >= QUERIES_MAX) return { type: "missed", why: "late" };
      asking += 1;
      // Not aborted when it is late: who asks the same again finds it kept.
      const asked = embedder
        .embed([text], { isQuery: true, signal: choices.within([asker]) })
        .then(([vector]): QueryMeaning =>
          vector === undefined
            ? { type: "missed", why: "down" }
            : { type: "meant", meaning: { model: embedder.model, vector } },
        )
        .catch((error: unknown): QueryMeaning => ({
          type: "missed",
          why: isKaelixError(error, "embed-late") ? "late" : "down",
        }))
        .finally(() => (asking -= 1));
      return await inTime(asked, queryMs);
    },
  };
}

async function inTime(asked: Promise<QueryMeaning>, timeoutMs: number): Promise<QueryMeaning> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<QueryMeaning>((resolve) => {
    timer = setTimeout(() => resolve({ type: "missed", why: "late" }), timeoutMs);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** How the provider is; null when there is none. */
export function embeddingStatus({ parts }: Pick<HouseContext, "parts">): EmbeddingStatus | null {
  const { embedder, searchView } = parts;
  if (embedder === undefined) return null;
  const { host, isPaused, model, problem, texts, tokensPerDay, tokensToday } = embedder.embedder.state();
  return {
    host,
    model,
    levelMax: embedder.forDocuments.levelMax,
    state: problem === "embed-budget-spent" ? "spent" : isPaused ? "paused" : "ready",
    problem,
    waiting: searchView?.vectorsWaiting() ?? 0,
    texts,
    tokensToday,
    tokensPerDay,
  };
}

/** The level of a setting: those above the indexed ones have no vectors, whatever it says. */
export function levelOf(value: number): Level {
  return value >= LEVEL_INDEXED_MAX ? LEVEL_INDEXED_MAX : 1;
}

function invalid(what: string): Error {
  return embedErrors("embed-setting-invalid", { message: `Cannot use the embedding provider: ${what}` });
}
