/** What the coordinator knows of topics: a picture of the moment. */

/** A topic as groups see it. */
export interface TopicFacts {
  readonly name: string;
  /** 22 characters base64url. */
  readonly id: string;
  readonly partitions: number;
  /** The broker's own topics are matched by no pattern. */
  readonly isInternal: boolean;
}

/** All topics at one moment. */
export interface TopicsImage {
  /** Another number whenever anything in it is different. */
  readonly version: number;
  readonly byName: ReadonlyMap<string, TopicFacts>;
  readonly byId: ReadonlyMap<string, TopicFacts>;
}

/** A picture without topics. */
export const NO_TOPICS: TopicsImage = { version: 0, byName: new Map(), byId: new Map() };

/** The picture of a list of topics; the one before when nothing is different. */
export function topicsImage(topics: Iterable<TopicFacts>, before: TopicsImage = NO_TOPICS): TopicsImage {
  const byName = new Map<string, TopicFacts>();
  const byId = new Map<string, TopicFacts>();
  let isSame = true;
  for (const topic of topics) {
    const old = before.byName.get(topic.name);
    const kept = old !== undefined && old.id === topic.id && old.partitions === topic.partitions ? old : topic;
    if (kept !== old) isSame = false;
    byName.set(kept.name, kept);
    byId.set(kept.id, kept);
  }
  if (isSame && byName.size === before.byName.size) return before;
  return { version: before.version + 1, byName, byId };
}
