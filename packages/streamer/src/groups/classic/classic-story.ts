/** Helper of this folder's tests: tells what members do with a group and what they are answered, as text. */
import { KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";

import { GROUP_DEFAULTS, type GroupSettings } from "../settings.ts";
import { ClassicGroup, type ClassicPersist } from "./classic-group.ts";
import { joinClassic, type JoinCall } from "./classic-join.ts";
import { checkClassicCommit, heartbeatClassic, leaveClassic, syncClassic } from "./classic-requests.ts";

const ERROR_NAMES = new Map<number, string>(Object.entries(KAFKA_ERRORS).map(([name, code]) => [code, name]));
const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder();

/** An error by Kafka's name. */
export function errorName(code: number): string {
  return ERROR_NAMES.get(code) ?? String(code);
}

/** How a member joins when nothing else is said. */
export interface StoryJoin {
  readonly id?: string;
  readonly instance?: string;
  readonly protocols?: readonly string[];
  readonly says?: string;
  readonly sessionMs?: number;
  readonly rebalanceMs?: number;
  readonly version?: number;
}

/** One story of one group. */
export class ClassicStory {
  readonly group: ClassicGroup;
  readonly lines: string[] = [];
  nowMs = 0;
  /** True: writes wait for `disk`. */
  holdsWrites = false;
  readonly #held: ClassicPersist[] = [];
  readonly #names = new Map<number, string>();
  /** Member ids by the name of who joined. */
  readonly ids = new Map<string, string>();
  #calls = 0;

  constructor(settings: Partial<GroupSettings> = {}) {
    this.group = new ClassicGroup("g", { ...GROUP_DEFAULTS, initialRebalanceDelayMs: 0, ...settings });
  }

  #call(name: string): number {
    this.#calls += 1;
    this.#names.set(this.#calls, name);
    return this.#calls;
  }

  join(name: string, join: StoryJoin = {}): void {
    const {
      instance,
      protocols = ["range"],
      rebalanceMs = 60_000,
      says = name,
      sessionMs = 10_000,
      version = 3,
    } = join;
    this.lines.push(`${name} joins`);
    const call: JoinCall = {
      call: this.#call(name),
      memberId: join.id ?? this.ids.get(name) ?? "",
      groupInstanceId: instance ?? null,
      protocolType: "test",
      protocols: protocols.map((protocol) => ({ name: protocol, metadata: textEncoder.encode(says) })),
      sessionTimeoutMs: sessionMs,
      rebalanceTimeoutMs: rebalanceMs,
      clientId: name,
      clientHost: "host",
      idRequired: version >= 4,
      maySkipAssignment: version >= 9,
      freshMemberId: `${name}-${this.#calls}`,
    };
    joinClassic(this.group, call, this.nowMs);
    this.#drain();
  }

  sync(name: string, shares: Readonly<Record<string, string>> = {}, generation = this.group.generation): void {
    this.lines.push(`${name} syncs`);
    const assignments = Object.entries(shares).map(([member, share]) => ({
      memberId: this.ids.get(member) ?? member,
      assignment: textEncoder.encode(share),
    }));
    const memberId = this.ids.get(name) ?? name;
    const speaker = { memberId, groupInstanceId: null, generationId: generation };
    const call = this.#call(name);
    syncClassic(this.group, { ...speaker, call, protocolType: null, protocolName: null, assignments }, this.nowMs);
    this.#drain();
  }

  heartbeat(name: string, options: { readonly instance?: string; readonly generation?: number } = {}): void {
    const speaker = this.#speaker(name, options);
    this.#say(`${name} beats`, heartbeatClassic(this.group, speaker, this.nowMs));
  }

  commit(name: string, options: { readonly generation?: number; readonly transactional?: boolean } = {}): void {
    const { transactional = false } = options;
    this.#say(
      `${name} commits`,
      checkClassicCommit(this.group, { ...this.#speaker(name, options), transactional }, this.nowMs),
    );
  }

  leave(name: string, instance: string | null = null): void {
    const memberId = this.ids.get(name) ?? "";
    this.#say(`${name} leaves`, leaveClassic(this.group, { memberId, groupInstanceId: instance }, this.nowMs));
    this.ids.delete(name);
  }

  #speaker(
    name: string,
    { generation, instance }: { readonly instance?: string; readonly generation?: number },
  ): { readonly memberId: string; readonly groupInstanceId: string | null; readonly generationId: number } {
    const memberId = this.ids.get(name) ?? "";
    return { memberId, groupInstanceId: instance ?? null, generationId: generation ?? this.group.generation };
  }

  #say(what: string, error: KafkaErrorCode): void {
    this.lines.push(`${what}: ${errorName(error)}`);
    this.#drain();
  }

  /** Lets time pass, in steps small enough for every deadline to be met in order. */
  wait(ms: number): void {
    this.lines.push(`${ms} ms pass`);
    const end = this.nowMs + ms;
    for (;;) {
      const next = this.group.deadlines.nextMs();
      if (next === undefined || next > end) break;
      this.nowMs = Math.max(next, this.nowMs);
      this.group.tick(this.nowMs);
      this.#drain();
    }
    this.nowMs = end;
  }

  /** The disk answers the oldest write that waits. */
  disk(error: KafkaErrorCode = KAFKA_ERRORS.NONE): void {
    this.lines.push(`the disk says ${errorName(error)}`);
    const persist = this.#held.shift();
    if (persist !== undefined) this.group.persisted(persist, error, this.nowMs);
    this.#drain();
  }

  #drain(): void {
    const { persist, replies } = this.group.takeOutput();
    for (const answer of replies) {
      const name = this.#names.get(answer.call) ?? "?";
      if (answer.type === "join") {
        const { errorCode, generationId, leader, memberId, members, protocolName, skipAssignment } = answer.reply;
        if (errorCode === KAFKA_ERRORS.NONE || errorCode === KAFKA_ERRORS.MEMBER_ID_REQUIRED)
          this.ids.set(name, memberId);
        const told = members.map((member) => `${member.memberId}=${textDecoder.decode(member.metadata)}`).join(" ");
        const granted = `generation ${generationId}, ${protocolName}, leader ${leader}${told === "" ? "" : `, of ${told}`}`;
        const skips = skipAssignment ? ", keeps the assignment" : "";
        this.lines.push(
          `  ${name} ${errorCode === KAFKA_ERRORS.NONE ? `is ${memberId} in ${granted}${skips}` : `is told ${errorName(errorCode)}`}`,
        );
      } else {
        const { assignment, errorCode } = answer.reply;
        const got = `gets "${textDecoder.decode(assignment)}"`;
        this.lines.push(`  ${name} ${errorCode === KAFKA_ERRORS.NONE ? got : `is told ${errorName(errorCode)}`}`);
      }
    }
    if (persist === undefined) return;
    this.#held.push(persist);
    this.lines.push(`  written: ${this.group.roster.size} members of generation ${persist.generation}`);
    if (this.holdsWrites) return;
    const written = this.#held.shift();
    if (written !== undefined) this.group.persisted(written, KAFKA_ERRORS.NONE, this.nowMs);
    this.#drain();
  }

  /** Everything told so far, and where the group stands. */
  tell(): string {
    return [...this.lines.splice(0), `= ${this.group.state}, generation ${this.group.generation}`].join("\n");
  }
}
