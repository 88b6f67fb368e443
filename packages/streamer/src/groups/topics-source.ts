/** The topics of a storage as groups see them: a picture that is made anew when a topic came, changed or went. */
import type { Storage } from "../storage/storage.ts";
import { SHARE_STATE_TOPIC } from "./share/share-state-store.ts";
import { CONSUMER_OFFSETS_TOPIC } from "./store/group-store.ts";
import { NO_TOPICS, type TopicFacts, topicsImage, type TopicsImage } from "./topics-image.ts";
import { parseTopicPattern, type TopicPattern } from "./consumer/topic-regex.ts";

const PATTERNS_MAX = 1000;
const INTERNAL: ReadonlySet<string> = new Set([CONSUMER_OFFSETS_TOPIC, SHARE_STATE_TOPIC, "__transaction_state"]);

/** True for the broker's own topics. */
export function isInternalTopic(name: string): boolean {
  return INTERNAL.has(name);
}

/** Pictures of a storage's topics, and patterns over their names. */
export class TopicsSource {
  readonly #storage: Storage;
  readonly #stopListening: () => void;
  readonly #patterns = new Map<string, TopicPattern | undefined>();
  #image: TopicsImage = NO_TOPICS;
  #isStale = true;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#stopListening = storage.onTopics(() => (this.#isStale = true));
  }

  /** The topics as they are now. */
  image(): TopicsImage {
    if (this.#isStale) {
      this.#isStale = false;
      this.#image = topicsImage(factsOf(this.#storage), this.#image);
    }
    return this.#image;
  }

  /** Names that match a pattern and pass a test; undefined when the pattern cannot be understood. */
  match(regex: string, isVisible: (name: string) => boolean): readonly string[] | undefined {
    const pattern = this.#pattern(regex);
    if (pattern === undefined) return undefined;
    const names: string[] = [];
    for (const { isInternal, name } of this.image().byName.values()) {
      if (!isInternal && pattern.matches(name) && isVisible(name)) names.push(name);
    }
    return names.sort();
  }

  #pattern(regex: string): TopicPattern | undefined {
    if (!this.#patterns.has(regex)) {
      const parsed = parseTopicPattern(regex);
      if (this.#patterns.size >= PATTERNS_MAX) this.#patterns.clear();
      this.#patterns.set(regex, typeof parsed === "string" ? undefined : parsed);
    }
    return this.#patterns.get(regex);
  }

  close(): void {
    this.#stopListening();
  }
}

function* factsOf(storage: Storage): Generator<TopicFacts> {
  for (const { partitions, spec } of storage.topics().values()) {
    yield { name: spec.name, id: spec.id, partitions: partitions.length, isInternal: isInternalTopic(spec.name) };
  }
}
