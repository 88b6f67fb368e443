/**
 * Who speaks before and after whom: the documents of each conversation in order of (occurredAtMs, firstOffset), linked to their
 * neighbours and cut into sessions.
 *
 * Guarantees: links and sessions are a function of the documents that are there, not of the order in which they came or went.
 * Appending at a conversation's end is constant work; anything else marks the conversation and it is linked anew when read.
 */
import { grown } from "./postings.ts";

/**
 * Silence longer than this ends a session. Measured on public conversations: recall is the same from 20 minutes to 6 hours, since people
 * pause either for minutes or until another day.
 */
const SESSION_GAP_MS = 60 * 60 * 1_000;
/** A session is cut after so many documents, so that a chat without pauses still has places (recall is flat from 24 to 120). */
const SESSION_DOCUMENTS_MAX = 60;

/** Tells when a document happened and where its record stands. */
export interface DocumentOrder {
  occurredAtMs(doc: number): number;
  offset(doc: number): number;
}

interface Thread {
  docs: number[];
  sessions: number[];
  /** True when `docs` may be out of order or the links stale. */
  isDirty: boolean;
}

/** Neighbours and sessions of one user's documents. */
export class Threads {
  readonly #order: DocumentOrder;
  readonly #threads = new Map<number, Thread>();
  readonly #dirty = new Set<Thread>();
  #befores = new Int32Array(0);
  #afters = new Int32Array(0);
  #sessions = new Int32Array(0);
  #sessionSizes = new Int32Array(0);
  #sessionCount = 0;
  #freeSessions: number[] = [];

  constructor(order: DocumentOrder) {
    this.#order = order;
  }

  /** One more than the highest session number. Some may be empty. */
  get sessionCount(): number {
    return this.#sessionCount;
  }

  /** The document before each, -1 at the start of a session. Call `link` first. */
  get befores(): Int32Array {
    return this.#befores;
  }

  /** The document after each, -1 at the end of a session. Call `link` first. */
  get afters(): Int32Array {
    return this.#afters;
  }

  /** The session of each document. Call `link` first. */
  get sessions(): Int32Array {
    return this.#sessions;
  }

  /** Adds a document to the thread of a conversation (any number that stands for it). */
  add(conversation: number, doc: number): void {
    this.#befores = grown(this.#befores, doc + 1);
    this.#afters = grown(this.#afters, doc + 1);
    this.#sessions = grown(this.#sessions, doc + 1);
    let thread = this.#threads.get(conversation);
    if (thread === undefined) {
      thread = { docs: [], sessions: [], isDirty: false };
      this.#threads.set(conversation, thread);
    }
    const last = thread.docs.at(-1);
    thread.docs.push(doc);
    if (!thread.isDirty && (last === undefined || this.#compare(last, doc) <= 0)) this.#append(thread, doc, last);
    else this.#mark(thread);
  }

  /** Takes a document out of its conversation's thread. */
  remove(conversation: number, doc: number): void {
    const thread = this.#threads.get(conversation);
    if (thread === undefined) return;
    const at = thread.docs.at(-1) === doc ? thread.docs.length - 1 : thread.docs.indexOf(doc);
    if (at < 0) return;
    thread.docs.splice(at, 1);
    if (thread.docs.length > 0) {
      this.#mark(thread);
      return;
    }
    this.#freeSessions.push(...thread.sessions);
    this.#dirty.delete(thread);
    this.#threads.delete(conversation);
  }

  /** The documents of a conversation in order. Links what is stale. */
  docsOf(conversation: number): readonly number[] {
    this.link();
    return this.#threads.get(conversation)?.docs ?? [];
  }

  /** The conversations that have documents. */
  conversations(): IterableIterator<number> {
    return this.#threads.keys();
  }

  /** Brings links and sessions up to date. */
  link(): void {
    for (const thread of this.#dirty) {
      thread.isDirty = false;
      this.#freeSessions.push(...thread.sessions);
      thread.sessions = [];
      thread.docs.sort((left, right) => this.#compare(left, right));
      let last: number | undefined;
      for (const doc of thread.docs) {
        this.#append(thread, doc, last);
        last = doc;
      }
    }
    this.#dirty.clear();
  }

  #mark(thread: Thread): void {
    thread.isDirty = true;
    this.#dirty.add(thread);
  }

  #compare(left: number, right: number): number {
    return (
      this.#order.occurredAtMs(left) - this.#order.occurredAtMs(right) ||
      this.#order.offset(left) - this.#order.offset(right)
    );
  }

  #append(thread: Thread, doc: number, last: number | undefined): void {
    this.#afters[doc] = -1;
    if (last !== undefined && this.#belongsTogether(last, doc)) {
      const session = this.#sessions[last] ?? 0;
      this.#sessions[doc] = session;
      this.#sessionSizes[session] = (this.#sessionSizes[session] ?? 0) + 1;
      this.#befores[doc] = last;
      this.#afters[last] = doc;
      return;
    }
    const session = this.#freeSessions.pop() ?? this.#sessionCount++;
    this.#sessionSizes = grown(this.#sessionSizes, session + 1);
    this.#sessionSizes[session] = 1;
    thread.sessions.push(session);
    this.#sessions[doc] = session;
    this.#befores[doc] = -1;
  }

  #belongsTogether(last: number, doc: number): boolean {
    const gapMs = this.#order.occurredAtMs(doc) - this.#order.occurredAtMs(last);
    return gapMs <= SESSION_GAP_MS && (this.#sessionSizes[this.#sessions[last] ?? 0] ?? 0) < SESSION_DOCUMENTS_MAX;
  }
}
