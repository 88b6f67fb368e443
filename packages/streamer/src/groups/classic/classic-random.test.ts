import { seededRandom } from "@kaelix/base";
import { KAFKA_ERRORS } from "@kaelix/protocol";
import { expect, test } from "vitest";

import { GROUP_DEFAULTS } from "../settings.ts";
import { ClassicGroup, type ClassicPersist } from "./classic-group.ts";
import { joinClassic } from "./classic-join.ts";
import { heartbeatClassic, leaveClassic, syncClassic } from "./classic-requests.ts";

const PARTITIONS = 6;
const SESSION_MS = 10_000;
const REBALANCE_MS = 20_000;

/** A member as its client would run it. */
interface Client {
  memberId: string;
  generation: number;
  /** What it believes to own, in which generation. */
  owned: { readonly generation: number; readonly partitions: readonly number[] } | undefined;
  state: "out" | "joining" | "joined" | "syncing" | "stable" | "crashed";
}

/** Clients that join, leave, crash, forget heartbeats and lose answers, over a group whose disk is slow and sometimes refuses. */
class World {
  readonly group = new ClassicGroup("g", { ...GROUP_DEFAULTS, initialRebalanceDelayMs: 100 });
  readonly clients: Client[];
  readonly random: ReturnType<typeof seededRandom>;
  readonly #calls = new Map<number, Client>();
  readonly #writes: ClassicPersist[] = [];
  nowMs = 0;
  #lastCall = 0;
  #lastGeneration = 0;

  constructor(seed: number) {
    this.random = seededRandom(seed);
    this.clients = Array.from({ length: 5 }, () => ({ memberId: "", generation: -1, owned: undefined, state: "out" }));
  }

  step(): void {
    const client = this.clients[this.random.integer(this.clients.length)];
    const choice = this.random.integer(100);
    if (client === undefined) return;
    if (choice < 55) this.act(client);
    else if (choice < 60) this.leave(client);
    else if (choice < 64) Object.assign(client, { state: "crashed", owned: undefined });
    else if (choice < 70 && client.state === "crashed") Object.assign(client, { state: "out", memberId: "" });
    else if (choice < 85) this.write(choice < 72);
    else this.pass(this.random.integer(choice < 97 ? 1000 : 15_000));
    this.check();
  }

  /** What a healthy client does next. */
  act(client: Client): void {
    if (client.state === "out") this.join(client);
    else if (client.state === "joined") this.sync(client);
    else if (client.state === "stable") this.beat(client);
  }

  join(client: Client): void {
    client.state = "joining";
    const call = this.#park(client);
    const { memberId } = client;
    const protocols = [{ name: "range", metadata: Uint8Array.of(1) }];
    joinClassic(
      this.group,
      {
        call,
        memberId,
        groupInstanceId: null,
        protocolType: "test",
        protocols,
        sessionTimeoutMs: SESSION_MS,
        rebalanceTimeoutMs: REBALANCE_MS,
        clientId: "c",
        clientHost: "h",
        idRequired: true,
        maySkipAssignment: true,
        freshMemberId: `m${call}`,
      },
      this.nowMs,
    );
    this.#drain();
  }

  sync(client: Client): void {
    const isLeader = this.group.roster.leaderId === client.memberId;
    const members = [...this.group.roster.all()];
    const assignments = members.map(({ memberId }, at) => ({
      memberId,
      assignment: Uint8Array.from(
        Array.from({ length: PARTITIONS }, (_, each) => each).filter((each) => each % members.length === at),
      ),
    }));
    client.state = "syncing";
    const { generation, memberId } = client;
    const speaker = {
      memberId,
      groupInstanceId: null,
      generationId: generation,
      protocolType: null,
      protocolName: null,
    };
    syncClassic(
      this.group,
      { ...speaker, call: this.#park(client), assignments: isLeader ? assignments : [] },
      this.nowMs,
    );
    this.#drain();
  }

  beat(client: Client): void {
    const speaker = { memberId: client.memberId, groupInstanceId: null, generationId: client.generation };
    const error = heartbeatClassic(this.group, speaker, this.nowMs);
    if (error !== KAFKA_ERRORS.NONE) this.#startOver(client, error);
    this.#drain();
  }

  leave(client: Client): void {
    if (client.state !== "stable") return;
    leaveClassic(this.group, { memberId: client.memberId, groupInstanceId: null }, this.nowMs);
    Object.assign(client, { state: "out", memberId: "", owned: undefined });
    this.#drain();
  }

  write(refuses: boolean): void {
    const persist = this.#writes.shift();
    if (persist === undefined) return;
    this.group.persisted(persist, refuses ? KAFKA_ERRORS.COORDINATOR_NOT_AVAILABLE : KAFKA_ERRORS.NONE, this.nowMs);
    this.#drain();
  }

  pass(ms: number): void {
    this.nowMs += ms;
    this.group.tick(this.nowMs);
    this.#drain();
  }

  #park(client: Client): number {
    this.#lastCall += 1;
    this.#calls.set(this.#lastCall, client);
    return this.#lastCall;
  }

  /** An eager consumer gives everything up before it joins again. */
  #startOver(client: Client, error: number): void {
    client.owned = undefined;
    if (error === KAFKA_ERRORS.UNKNOWN_MEMBER_ID) client.memberId = "";
    client.state = "out";
  }

  #drain(): void {
    const { persist, replies } = this.group.takeOutput();
    if (persist !== undefined) this.#writes.push(persist);
    for (const answer of replies) {
      const client = this.#calls.get(answer.call);
      this.#calls.delete(answer.call);
      if (client === undefined || client.state === "crashed") continue;
      const { errorCode } = answer.reply;
      if (answer.type === "join") {
        if (client.state !== "joining") continue;
        if (errorCode === KAFKA_ERRORS.MEMBER_ID_REQUIRED) client.memberId = answer.reply.memberId;
        if (errorCode !== KAFKA_ERRORS.NONE) this.#startOver(client, errorCode);
        else
          Object.assign(client, {
            state: "joined",
            memberId: answer.reply.memberId,
            generation: answer.reply.generationId,
          });
      } else if (client.state === "syncing") {
        if (errorCode !== KAFKA_ERRORS.NONE) this.#startOver(client, errorCode);
        else {
          client.state = "stable";
          client.owned = { generation: client.generation, partitions: [...answer.reply.assignment] };
        }
      }
    }
  }

  check(): void {
    expect(this.group.generation).toBeGreaterThanOrEqual(this.#lastGeneration);
    this.#lastGeneration = this.group.generation;
    const owners = new Set<number>();
    for (const { generation, owned, state } of this.clients) {
      if (state !== "stable" || owned === undefined || generation !== this.group.generation) continue;
      for (const partition of owned.partitions) {
        expect(owners.has(partition)).toBe(false);
        owners.add(partition);
      }
    }
    for (const { joinCall, syncCall } of this.group.roster.all()) {
      if (this.group.state === "Stable") expect([joinCall, syncCall]).toEqual([undefined, undefined]);
    }
  }

  /** Everybody behaves from here on: the group must come to rest with all partitions owned once. */
  settle(): void {
    for (const client of this.clients)
      if (client.state === "crashed") Object.assign(client, { state: "out", memberId: "" });
    for (let round = 0; round < 200; round += 1) {
      for (const client of this.clients) this.act(client);
      while (this.#writes.length > 0) this.write(false);
      this.pass(500);
    }
    expect(this.clients.map(({ state }) => state)).toEqual(this.clients.map(() => "stable"));
    const owned = this.clients
      .flatMap((client) => [...(client.owned?.partitions ?? [])])
      .sort((left, right) => left - right);
    expect(owned).toEqual([0, 1, 2, 3, 4, 5]);
    expect(this.group.state).toBe("Stable");
  }
}

const only = process.env["SEED"];
const seeds = only === undefined ? Array.from({ length: 50 }, (_, index) => index + 1) : [Number(only)];

test("random joins, leaves, crashes and refused writes: one owner per partition, generations grow, rebalances end", () => {
  for (const seed of seeds) {
    try {
      const world = new World(seed);
      for (let steps = 0; steps < 250; steps += 1) world.step();
      world.settle();
    } catch (error) {
      throw new Error(`Repeat with SEED=${seed} npx vitest run --project pure packages/streamer/src/groups/classic`, {
        cause: error,
      });
    }
  }
}, 60_000);
