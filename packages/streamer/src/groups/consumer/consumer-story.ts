/** Helper of this folder's tests: a consumer group with clients that behave as KIP-848 says, on topics that come and go. */
import { KAFKA_ERRORS } from "@kaelix/protocol";

import { errorName } from "../classic/classic-story.ts";
import { GROUP_DEFAULTS, type GroupSettings } from "../settings.ts";
import { NO_TOPICS, type TopicsImage, topicsImage } from "../topics-image.ts";
import { ConsumerGroup } from "./consumer-group.ts";
import {
  type ConsumerHeartbeat,
  type ConsumerReply,
  heartbeatConsumer,
  heartbeatMistake,
} from "./consumer-heartbeat.ts";
import { formatPartitionSet, parsePartitionSet, type PartitionSet } from "./partition-set.ts";
import { parseTopicPattern } from "./topic-regex.ts";

/** A client of the group. */
export interface StoryClient {
  readonly memberId: string;
  epoch: number;
  owned: PartitionSet;
  /** What it was told to own; it takes up what is new when it has given up the rest. */
  assigned: PartitionSet;
}

/** One group with its topics and clients. */
export class ConsumerStory {
  readonly group: ConsumerGroup;
  readonly clients = new Map<string, StoryClient>();
  readonly lines: string[] = [];
  image: TopicsImage = NO_TOPICS;
  nowMs = 0;

  constructor(topics: Readonly<Record<string, number>>, settings: Partial<GroupSettings> = {}) {
    this.group = new ConsumerGroup("g", { ...GROUP_DEFAULTS, ...settings });
    this.topics(topics);
  }

  /** From now on there are these topics; each has its name as id. */
  topics(topics: Readonly<Record<string, number>>): void {
    const facts = Object.entries(topics).map(([name, partitions]) => ({
      name,
      id: name,
      partitions,
      isInternal: false,
    }));
    this.image = topicsImage(facts, this.image);
  }

  /** A heartbeat with the fields given; the rest is what a client says when nothing is new. */
  beat(name: string, fields: Partial<ConsumerHeartbeat> = {}): ConsumerReply {
    const client = this.clients.get(name);
    const request: ConsumerHeartbeat = {
      memberId: client?.memberId ?? name,
      memberEpoch: client?.epoch ?? 0,
      instanceId: null,
      rackId: null,
      rebalanceTimeoutMs: -1,
      subscribedTopicNames: null,
      subscribedTopicRegex: null,
      serverAssignor: null,
      topicPartitions: client === undefined ? [] : formatPartitionSet(client.owned),
      clientId: name,
      clientHost: "host",
      ...fields,
    };
    const view = { image: this.image, match: (regex: string) => this.#match(regex) };
    const reply = heartbeatMistake(request) ?? heartbeatConsumer(this.group, request, view, this.nowMs);
    this.#note(name, reply, request);
    return reply;
  }

  #match(regex: string): string[] | undefined {
    const pattern = parseTopicPattern(regex);
    if (typeof pattern === "string") return undefined;
    return [...this.image.byName.keys()].filter((name) => pattern.matches(name)).sort();
  }

  #note(name: string, reply: ConsumerReply, request: ConsumerHeartbeat): void {
    const { assignment, errorCode, memberEpoch } = reply;
    if (errorCode !== KAFKA_ERRORS.NONE) {
      this.lines.push(`${name}: ${errorName(errorCode)}`);
      return;
    }
    if (request.memberEpoch < 0) {
      this.lines.push(`${name} is gone (${memberEpoch})`);
      this.clients.delete(name);
      return;
    }
    const before = this.clients.get(name);
    const empty: PartitionSet = new Map();
    const client =
      request.memberEpoch === 0 || before === undefined
        ? { memberId: request.memberId, epoch: 0, owned: empty, assigned: empty }
        : before;
    client.epoch = memberEpoch;
    if (assignment !== null) client.assigned = parsePartitionSet(assignment.topicPartitions);
    // Gives up at once; takes what is new.
    client.owned = client.assigned;
    this.clients.set(name, client);
    this.lines.push(`${name} is at ${memberEpoch}${assignment === null ? "" : `, told ${show(client.assigned)}`}`);
  }

  join(name: string, topics: readonly string[], fields: Partial<ConsumerHeartbeat> = {}): ConsumerReply {
    return this.beat(name, {
      memberEpoch: 0,
      topicPartitions: [],
      rebalanceTimeoutMs: 10_000,
      subscribedTopicNames: topics,
      ...fields,
    });
  }

  leave(name: string, fields: Partial<ConsumerHeartbeat> = {}): ConsumerReply {
    return this.beat(name, { memberEpoch: -1, ...fields });
  }

  wait(ms: number): void {
    this.nowMs += ms;
    this.group.tick(this.nowMs);
    this.lines.push(`${ms} ms pass`);
  }

  /** Everybody beats until nothing changes. */
  settle(): void {
    for (let round = 0; round < 30 && (round < 2 || this.group.state !== "Stable"); round += 1) {
      for (const name of this.clients.keys()) this.beat(name);
    }
  }

  tell(): string {
    const { group } = this;
    const members = [...group.members.values()].map(
      ({ assigned, memberEpoch, memberId, state }) => `${memberId}@${memberEpoch} ${state} ${show(assigned)}`,
    );
    return [...this.lines.splice(0), `= ${group.state}, epoch ${group.groupEpoch}`, ...members].join("\n");
  }
}

/** A set as text, such as "t0,1 u2". */
export function show(set: PartitionSet): string {
  const topics = formatPartitionSet(set).map(({ partitions, topicId }) => `${topicId}${partitions.join(",")}`);
  return topics.length === 0 ? "nothing" : topics.join(" ");
}
