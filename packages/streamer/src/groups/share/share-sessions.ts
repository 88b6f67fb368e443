/**
 * Share sessions (KIP-932): which partitions a member fetches, so that requests name only what changes.
 *
 *     epoch 0 begins one anew ──► 1, 2, 3 … the next one expected, each once ──► -1 ends it
 *
 * A session ends with the connection that began it, and holds on to that connection no longer than it lasts itself. Pure but for its signal.
 */
import { KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";

/** A partition of a session. */
export interface SessionPartition {
  readonly topicId: string;
  readonly partition: number;
}

/** A member's session. */
export interface ShareSession {
  readonly groupId: string;
  readonly memberId: string;
  /** By topic id and number, in the order they came. */
  readonly partitions: Map<string, SessionPartition>;
  /** Aborted once it has ended, or another one is in its place. */
  readonly ended: AbortSignal;
  nextEpoch: number;
}

/** How a request goes on with a session. */
export interface SessionRequest {
  readonly groupId: string;
  readonly memberId: string;
  readonly epoch: number;
}

const OPENING = 0;
const CLOSING = -1;
const EPOCH_MAX = 2 ** 31 - 1;

/** All sessions of a broker. */
export class ShareSessions {
  readonly #sessions = new Map<string, ShareSession>();
  readonly #endings = new WeakMap<ShareSession, AbortController>();

  get count(): number {
    return this.#sessions.size;
  }

  /** Begins a session in the place of the member's last; undefined when there are too many. */
  open({ groupId, memberId }: SessionRequest, sessionsMax: number): ShareSession | undefined {
    const key = keyOf(groupId, memberId);
    if (!this.#sessions.has(key) && this.#sessions.size >= sessionsMax) return undefined;
    this.end(groupId, memberId);
    const ending = new AbortController();
    const session = { groupId, memberId, partitions: new Map(), ended: ending.signal, nextEpoch: 1 };
    this.#endings.set(session, ending);
    this.#sessions.set(key, session);
    return session;
  }

  /** The session a later request belongs to, or why it belongs to none. It is ended by the epoch -1. */
  next({ epoch, groupId, memberId }: SessionRequest): ShareSession | KafkaErrorCode {
    const session = this.#sessions.get(keyOf(groupId, memberId));
    if (epoch === OPENING) return KAFKA_ERRORS.INVALID_SHARE_SESSION_EPOCH;
    if (session === undefined) return KAFKA_ERRORS.SHARE_SESSION_NOT_FOUND;
    if (epoch === CLOSING) {
      this.end(groupId, memberId);
      return session;
    }
    if (epoch !== session.nextEpoch) return KAFKA_ERRORS.INVALID_SHARE_SESSION_EPOCH;
    session.nextEpoch = epoch === EPOCH_MAX ? 1 : epoch + 1;
    return session;
  }

  of(groupId: string, memberId: string): ShareSession | undefined {
    return this.#sessions.get(keyOf(groupId, memberId));
  }

  /** Ends a member's session, if it has one. */
  end(groupId: string, memberId: string): void {
    const session = this.of(groupId, memberId);
    if (session === undefined) return;
    this.#sessions.delete(keyOf(groupId, memberId));
    this.#endings.get(session)?.abort();
  }
}

/** A partition as text, to be looked up in a session. */
export function keyOfPartition({ partition, topicId }: SessionPartition): string {
  return `${topicId}/${partition}`;
}

function keyOf(groupId: string, memberId: string): string {
  return `${groupId.length}/${groupId}/${memberId}`;
}
