/** Who turns texts into vectors. One request per call: retries, limits and the budget are the embedder's. */
export interface EmbedProvider {
  /** Vectors can be compared with those of the same model alone. */
  readonly model: string;
  /** Where texts go, for people: the host and port. */
  readonly host: string;
  /**
   * Vectors of texts, in order, of one dimension, every number finite.
   * @throws an error of `embedErrors`
   */
  request(texts: readonly string[], signal: AbortSignal): Promise<EmbedAnswer>;
}

/** What a request gave. */
export interface EmbedAnswer {
  readonly vectors: readonly Float32Array[];
  /** Tokens the provider counted; undefined when it does not say. */
  readonly tokens: number | undefined;
}
